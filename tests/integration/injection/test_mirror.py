"""Whatever an origin answers, the cache gets the locked file or nothing, and nothing grows without end."""

import contextlib
import gzip
import hashlib
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.integration.injection.conftest import count
from tests.integration.injection.hostile import UNCHANGED
from trueup.lockfile import Artifact
from trueup.mirror import Cache, MirrorError, download, fetch, fetch_artifacts

BODY = bytes(range(256)) * 8
BOMB = gzip.compress(bytes(1 << 24))
BODIES = st.sampled_from([BODY, BODY[:-1], BODY[:100], BODY + b"x", BODY * 400, b"", b"other", BOMB, BODY[::-1]])
STATUS = st.sampled_from([200, 200, 200, 206, 206, 204, 301, 302, 307, 304, 404, 416, 429, 500, 999])
HEADERS = st.sampled_from(
    [
        "Location: /../../../../etc/passwd",
        "Location: file:///etc/passwd",
        "Location: /again",
        "Location: //0.0.0.0:1/x",
        "Location: \x00",
        "Location: http://[::bad/",
        "Content-Length: 2048",
        "Content-Length: 99999999999999999999",
        "Content-Length: -1",
        "Content-Length: 7",
        "Content-Range: bytes 0-2047/2048",
        "Content-Range: bytes 100-2047/2048",
        "Content-Range: bytes 99999999999-/5",
        "Content-Range: nonsense",
        "Content-Encoding: gzip",
        "Content-Encoding: br",
        "Transfer-Encoding: chunked",
        "Content-Disposition: attachment; filename=../../evil",
        "Set-Cookie: a=b",
        "X: " + "y" * 9000,
    ]
)


def said(status: int, headers: list[str], body: bytes) -> bytes:
    """The answer on the wire."""
    return "\r\n".join([f"HTTP/1.1 {status} X", *headers, "", ""]).encode() + body


ANSWER = st.builds(said, STATUS, st.lists(HEADERS, max_size=3), BODIES)
BEGUN = st.sampled_from([b"", BODY[:100], b"z"])


@dataclass
class Server:
    """Says the next of its answers to each request, the last one again and again; then it closes."""

    answers: list[bytes] = field(default_factory=list)
    url: str = ""

    def next(self) -> bytes:
        """What to say now."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """On a port of its own."""
    state = Server()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while self.request.recv(65536)[-4:] not in (b"\r\n\r\n", b""):
                pass
            with contextlib.suppress(OSError):
                self.request.sendall(state.next())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as tcp:
        tcp.daemon_threads = True
        threading.Thread(target=tcp.serve_forever, args=(0.01,), daemon=True).start()
        state.url = f"http://127.0.0.1:{tcp.server_address[1]}"
        yield state
        tcp.shutdown()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of unknown size may take 64 KiB here, and a stalled answer a second."""
    monkeypatch.setattr(download, "LARGEST", 1 << 16)
    monkeypatch.setattr(download, "TIMEOUT", aiohttp.ClientTimeout(sock_connect=5, sock_read=1))
    monkeypatch.setattr(fetch, "TRIES", 3)


@UNCHANGED
@given(
    answers=st.lists(ANSWER, min_size=1, max_size=3),
    sized=st.booleans(),
    begun=st.sampled_from([b"", BODY[:100], b"z"]),
)
def test_cache_gets_the_locked_file_or_nothing(
    server: Server, tmp_path_factory: pytest.TempPathFactory, answers: list[bytes], sized: bool, begun: bytes
) -> None:
    """Redirects out of the mirror, wrong sizes and ranges, bodies without end, compressed bombs: all alike."""
    count("mirror", 1)
    cache = Cache(tmp_path_factory.mktemp("cache"))
    file = Artifact(name="x-1-py3-none-any.whl", size=len(BODY) if sized else None, sha256=SHA, origin="site")
    part = cache.path(file).with_name(file.name + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(begun)
    server.answers = list(answers)
    with contextlib.suppress(MirrorError):
        fetch_artifacts([file], {file.name: f"{server.url}/{file.name}"}, cache, pause_s=0)
    actual = {path: path.stat().st_size for path in cache.root.rglob("*") if path.is_file()}
    limit = (len(BODY) if sized else 1 << 16) + download.CHUNK

    assert set(actual) <= {cache.path(file), part}
    assert max(actual.values(), default=0) <= limit
    assert not cache.path(file).exists() or cache.path(file).read_bytes() == BODY
    assert not (Path(cache.root).parent / "evil").exists()


SHA = hashlib.sha256(BODY).hexdigest()
