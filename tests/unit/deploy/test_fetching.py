"""Fetching on a node, by a real sh and curl from a real server: the locked bytes arrive, or nobody's do."""

import contextlib
import hashlib
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from deploy import fetching
from trueup.spec.lock import Artifact

BODY = bytes(range(256)) * 64
FILE = Artifact(name="a+b.whl", size=len(BODY), sha256=hashlib.sha256(BODY).hexdigest(), origin="lab")


class Server(ThreadingHTTPServer):
    """Serves `files`, by ranges if told so; `asked` has the Range of every request."""

    files: dict[str, bytes]
    ranges: bool = True
    asked: list[str | None]
    endless: tuple[str, ...] = ()


class Handler(BaseHTTPRequestHandler):
    """GET, with or without ranges."""

    server: Server

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.asked.append(wanted)
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
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.server.ranges else 0
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


@pytest.fixture
def server() -> Iterator[Server]:
    """A mirror that has the artifact."""
    with Server(("127.0.0.1", 0), Handler) as server:
        server.files, server.asked = {"/files/a+b.whl": BODY}, []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The node's folder for artifacts, in a place of this test."""
    path = tmp_path / "cache"
    path.mkdir()
    monkeypatch.setattr(fetching, "CACHE", str(path))
    return path


def fetch(port: int, artifact: Artifact = FILE) -> subprocess.CompletedProcess[str]:
    command = fetching.fetch(artifact, f"http://127.0.0.1:{port}/", "node1").replace("--retry 5", "--retry 0")
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=30)


def content(cache: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in cache.iterdir()}


def test_right_file_arrives(server: Server, cache: Path) -> None:
    """The file lies under its name, and no partial one beside it."""
    done = fetch(server.server_port)

    assert (0, "", {FILE.name: BODY}) == (done.returncode, done.stderr, content(cache))


def test_broken_fetch_goes_on_where_it_ended(server: Server, cache: Path) -> None:
    """A gigabyte that broke off after 900 MB costs another 100."""
    (cache / "a+b.whl.part").write_bytes(BODY[:1000])
    done = fetch(server.server_port)

    assert (0, ["bytes=1000-"], {FILE.name: BODY}) == (done.returncode, server.asked, content(cache))


def test_whole_part_is_not_fetched_again(server: Server, cache: Path) -> None:
    """A converge that died after the last byte asks the mirror for nothing."""
    (cache / "a+b.whl.part").write_bytes(BODY)
    done = fetch(server.server_port)

    assert (0, [], {FILE.name: BODY}) == (done.returncode, server.asked, content(cache))


def test_wrong_bytes_are_deleted_and_named(server: Server, cache: Path) -> None:
    """The message names node, file, address, both hashes and the remedy; the next converge starts afresh."""
    server.files["/files/a+b.whl"] = b"x" * len(BODY)
    done = fetch(server.server_port)
    found = hashlib.sha256(b"x" * len(BODY)).hexdigest()

    assert (1, {}) == (done.returncode, content(cache))
    assert [] == [
        word for word in ("node1", FILE.name, FILE.sha256, found, "trueup mirror verify") if word not in done.stderr
    ]


def test_wrong_part_is_mended_by_the_next_converge(server: Server, cache: Path) -> None:
    """A partial file with other bytes is found out and deleted: no dead end."""
    (cache / "a+b.whl.part").write_bytes(b"x" * 100)
    first, second = fetch(server.server_port), fetch(server.server_port)

    assert (1, 0, {FILE.name: BODY}) == (first.returncode, second.returncode, content(cache))


@pytest.mark.parametrize("size", [len(BODY), len(BODY) + 7])
def test_part_that_is_too_long_is_fetched_afresh(server: Server, cache: Path, size: int) -> None:
    """No range is asked for that a server can only refuse: curl before 7.72 stops at a 416."""
    (cache / "a+b.whl.part").write_bytes(b"x" * size)
    done = fetch(server.server_port)

    assert (0, [None], {FILE.name: BODY}) == (done.returncode, server.asked, content(cache))


def test_size_need_not_be_known(server: Server, cache: Path) -> None:
    """A lock may lack a size; the hash decides all the same."""
    done = fetch(server.server_port, FILE.model_copy(update={"size": None}))

    assert (0, {FILE.name: BODY}) == (done.returncode, content(cache))


def test_server_without_ranges_is_no_dead_end(server: Server, cache: Path) -> None:
    """What cannot be resumed is fetched whole, at the latest by the next converge."""
    server.ranges = False
    (cache / "a+b.whl.part").write_bytes(BODY[:1000])
    fetch(server.server_port)
    done = fetch(server.server_port)

    assert (0, {FILE.name: BODY}) == (done.returncode, content(cache))


def test_missing_file_is_named(server: Server, cache: Path) -> None:
    """A mirror without the file is an error of its own, with the address that was asked."""
    del server.files["/files/a+b.whl"]
    done = fetch(server.server_port)

    assert (22, {}) == (done.returncode, content(cache))
    assert f"wanted it from http://127.0.0.1:{server.server_port}/files/a+b.whl, found no such file" in done.stderr


def test_silent_mirror_is_named(server: Server, cache: Path) -> None:
    """A mirror that does not answer leaves what is there for a later attempt."""
    (cache / "a+b.whl.part").write_bytes(BODY[:1000])
    server.shutdown()
    server.server_close()
    done = fetch(server.server_port)

    assert (7, {"a+b.whl.part": BODY[:1000]}) == (done.returncode, content(cache))
    assert "node1: fetch a+b.whl" in done.stderr


def test_hostile_mirror_runs_nothing(cache: Path, tmp_path: Path) -> None:
    """An address with a substitution in it is an address."""
    command = fetching.fetch(FILE, "http://127.0.0.1:9/$(touch${IFS}canary)", "node1").replace("--retry 5", "")
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=False, timeout=30)

    assert (True, False) == (done.returncode != 0, (tmp_path / "canary").exists())


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_body_without_end_is_cut(server: Server, cache: Path, shell: str) -> None:
    """A mirror that sends for ever must not fill the node's disk."""
    server.endless = ("/files/a+b.whl",)
    command = fetching.fetch(FILE, f"http://127.0.0.1:{server.server_port}/", "node1").replace("--retry 5", "--retry 0")
    done = subprocess.run([shell, "-c", command], capture_output=True, text=True, check=False, timeout=60)

    assert (153, {}) == (done.returncode, content(cache)), done.stderr
    assert f"wanted {len(BODY)} bytes, found more" in done.stderr


def test_dropping_leaves_no_folder(cache: Path) -> None:
    """Nothing of trueup stays on a node: the folder goes with its last file, and not before."""
    (cache / "a b").mkdir()
    (cache / "other").write_text("")
    subprocess.run(["sh", "-c", fetching.drop(f"{cache}/a b")], check=True)
    assert ["other"] == [each.name for each in cache.iterdir()]
    subprocess.run(["sh", "-c", fetching.drop(f"{cache}/other")], check=True)

    assert not cache.exists()
