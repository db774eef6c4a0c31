"""Receivers on this machine: one that takes, one that refuses, one that hangs."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@contextmanager
def webhook(status: int = 200, hangs_s: float = 0.0) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Its URL for apprise, and what it was sent."""
    got: list[dict[str, Any]] = []
    end = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Keep the message, answer with the status."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            until = time.monotonic() + hangs_s
            while time.monotonic() < until and not end.wait(0.05):
                pass
            got.append(json.loads(body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name is the base class's
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"json://127.0.0.1:{server.server_port}/", got
    finally:
        end.set()
        server.shutdown()
        server.server_close()
