"""An origin that misbehaves as told, and artifacts to fetch from it."""

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from trueup.lockfile import Artifact
from trueup.mirror.cache import Cache

BODY = bytes(range(256)) * 4096  # 1 MiB


def artifact_of(content: bytes, name: str = "x-1-py3-none-any.whl", *, sized: bool = True) -> Artifact:
    """The lock's line of that content."""
    sha256 = hashlib.sha256(content).hexdigest()
    return Artifact(name=name, size=len(content) if sized else None, sha256=sha256, origin="site")


@dataclass
class Origin:
    """What the server does: files by name, and its faults.

    truncations: break the first answers off after so many bytes. statuses: answer the first requests so.
    ranges: whether it honours Range. range_headers: the Range header of every request ("" for none).
    """

    files: dict[str, bytes] = field(default_factory=dict)
    truncations: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    ranges: bool = True
    range_headers: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """One GET."""
        asked = handler.headers.get("Range", "")
        self.range_headers.append(asked)
        content = self.files.get(handler.path.lstrip("/"))
        if self.statuses or content is None:
            handler.send_error(self.statuses.pop(0) if self.statuses else 404)
            return
        match = re.match(r"bytes=(\d+)-", asked) if self.ranges else None
        start = int(match[1]) if match else 0
        if start >= len(content):
            handler.send_error(416)
            return
        handler.send_response(206 if match else 200)
        if match:
            handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        handler.send_header("Content-Length", str(len(content) - start))
        handler.end_headers()
        handler.wfile.write(content[start:][: self.truncations.pop(0) if self.truncations else None])


@contextmanager
def serving() -> Iterator[Origin]:
    """A server on a port of its own."""
    state = Origin()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.answer(self)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        state.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield state
        server.shutdown()


@pytest.fixture
def origin() -> Iterator[Origin]:
    """One that misbehaves as told."""
    with serving() as state:
        yield state


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    """An empty cache."""
    return Cache(tmp_path_factory.mktemp("cache"))
