"""The server hands out what is below its root, in parts if asked, and nothing else."""

import http.client
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from trueup.mirror.errors import MirrorError
from trueup.mirror.serve import serve


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the lab's is: links into a cache."""
    top = tmp_path_factory.mktemp("served")
    files = top / "root" / "files"
    files.mkdir(parents=True)
    (top / "secret").write_text("secret")
    (top / "cached").write_bytes(b"0123456789")
    (files / "a+b-1.whl").symlink_to(top / "cached")
    (files / "x.part").write_text("half")
    return files.parent


@contextmanager
def running(root: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The real command on a free port, and the port."""
    command = [sys.executable, "-c", "from trueup.cli import main; main()", "mirror", "serve"]
    with subprocess.Popen(
        [*command, "--root", str(root), "--host", "127.0.0.1", "--port", "0"], stdout=subprocess.PIPE, text=True
    ) as job:
        assert job.stdout is not None
        yield job, int(job.stdout.readline().strip().rsplit(":", 1)[1])
        job.kill()


@pytest.fixture(scope="module")
def port(root: Path) -> Iterator[int]:
    """Where it listens."""
    with running(root) as (_, number):
        yield number


def ask(port: int, path: str, **headers: str) -> tuple[int, bytes]:
    """One GET, the path sent as it is."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_serves_a_linked_file(port: int) -> None:
    """Also one whose name has to be quoted."""
    assert (200, b"0123456789") == ask(port, "/files/a%2Bb-1.whl")


def test_goes_on_in_the_middle(port: int) -> None:
    """A node that was cut off asks for the rest."""
    assert (206, b"6789") == ask(port, "/files/a+b-1.whl", Range="bytes=6-")


def test_a_range_behind_the_end(port: int) -> None:
    """A node that has everything already."""
    assert 416 == ask(port, "/files/a+b-1.whl", Range="bytes=10-")[0]


def test_lists_a_folder_with_links(port: int) -> None:
    """pip and uv read it with --find-links."""
    status, page = ask(port, "/files/")

    assert (200, True) == (status, b'<a href="a%2Bb-1.whl">a+b-1.whl</a>' in page)


@pytest.mark.parametrize(
    "path", ["/files/none", "/../secret", "/files/..%2f..%2fsecret", "/%2e%2e/secret", "/files/x.part"]
)
def test_what_is_not_there(port: int, path: str) -> None:
    """Nothing above the root, and no file that is not whole."""
    assert 404 == ask(port, path)[0]


def test_listens_on_the_one_address(port: int) -> None:
    """Another loopback address of the same machine does not reach it."""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5)


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT])
def test_stops_on_request(root: Path, word: signal.Signals) -> None:
    """Exit status 0, at once."""
    with running(root) as (server, _):
        server.send_signal(word)

        assert 0 == server.wait(timeout=10)


def test_a_port_in_use_is_said(root: Path) -> None:
    """With the command that shows who has it."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(MirrorError, match=f"serve on 127.0.0.1:{port}") as caught:
            serve(root, "127.0.0.1", port, print)

    assert f"ss -ltnp 'sport = :{port}'" in caught.value.remedy


def test_an_address_of_another_machine_is_said(root: Path) -> None:
    """A typing error in --host."""
    with pytest.raises(MirrorError, match="address of this machine"):
        serve(root, "192.0.2.1", 0, print)


def test_a_missing_root_is_said(tmp_path: Path) -> None:
    """A typing error in --root."""
    with pytest.raises(MirrorError, match="no such folder"):
        serve(tmp_path / "none", "127.0.0.1", 0, print)
