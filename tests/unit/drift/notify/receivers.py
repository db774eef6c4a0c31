"""Receivers on this machine: one that takes, one that refuses, one that hangs."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.ports import free_port


@contextmanager
def webhook(
    status: int = 200, hangs_s: float = 0.0, host: str = "127.0.0.1"
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Its URL for apprise, and what it was sent; host: the address that it listens on."""
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

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"json://{host}:{server.server_port}/", got
    finally:
        end.set()
        server.shutdown()
        server.server_close()


class Postbox:
    """aiosmtpd's handler: keeps each message; refusal: the answer to every one, where there is one."""

    def __init__(self, refusal: str | None, hangs_s: float) -> None:
        self.refusal, self.hangs_s = refusal, hangs_s
        self.got: list[EmailMessage] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # theirs
        """The answer to a message."""
        await asyncio.sleep(self.hangs_s)
        if self.refusal:
            return self.refusal
        assert isinstance(envelope.content, bytes)
        self.got.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@contextmanager
def mail(refusal: str | None = None, hangs_s: float = 0.0) -> Iterator[tuple[str, list[EmailMessage]]]:
    """A mail server: its URL for apprise, and what it was sent."""
    postbox = Postbox(refusal, hangs_s)
    server = Controller(postbox, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        yield f"mailto://127.0.0.1:{server.port}/?from=trueup@localhost&to=ops@localhost&mode=insecure", postbox.got
    finally:
        server.stop(no_assert=True)
