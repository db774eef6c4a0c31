"""A mirror that has one file, as a test wants it to behave; a node is this machine."""

import contextlib
import hashlib
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from deploy import artifact_fetch
from trueup.lockfile import Artifact

BODY = bytes(range(256)) * 64
FILE = Artifact(name="a+b.whl", size=len(BODY), sha256=hashlib.sha256(BODY).hexdigest(), origin="lab")


class Server(ThreadingHTTPServer):
    """Serves `files`, by ranges if told so; `requested` has the Range of every request."""

    files: dict[str, bytes]
    ranges: bool = True
    requested: list[str | None]
    endless: tuple[str, ...] = ()


class Handler(BaseHTTPRequestHandler):
    """GET, with or without ranges."""

    server: Server

    def do_GET(self) -> None:
        expected = self.headers.get("Range")
        self.server.requested.append(expected)
        if self.path in self.server.endless:
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):
                while True:
                    self.wfile.write(BODY)
            return
        body = self.server.files.get(self.path)
        if body is None:
            self.send_error(404)
            return
        start = int(expected.removeprefix("bytes=").rstrip("-")) if expected and self.server.ranges else 0
        if start >= len(body):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        self.wfile.write(body[start:])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Says nothing."""


def fetch(port: int, artifact: Artifact = FILE) -> subprocess.CompletedProcess[str]:
    command = artifact_fetch.fetch(artifact, f"http://127.0.0.1:{port}/", "node1").replace("--retry 5", "--retry 0")
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=30)


def content(cache: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in cache.iterdir()}
