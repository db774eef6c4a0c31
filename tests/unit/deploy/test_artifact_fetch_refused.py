"""A mirror that has not what is requested, or gives what nobody requested: named, and nothing of it stays."""

import subprocess
from pathlib import Path

import pytest

from deploy import artifact_fetch
from tests.unit.deploy.mirror_server import BODY, FILE, Server, content, fetch


def test_missing_file_is_named(server: Server, cache: Path) -> None:
    """A mirror without the file is an error of its own, with the address that was requested."""
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
    command = artifact_fetch.fetch(FILE, "http://127.0.0.1:9/$(touch${IFS}canary)", "node1").replace("--retry 5", "")
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=False, timeout=30)

    assert (True, False) == (done.returncode != 0, (tmp_path / "canary").exists())


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_endless_body_is_stopped(server: Server, cache: Path, shell: str) -> None:
    """A mirror that sends for ever must not fill the node's disk."""
    server.endless = ("/files/a+b.whl",)
    command = artifact_fetch.fetch(FILE, f"http://127.0.0.1:{server.server_port}/", "node1").replace(
        "--retry 5", "--retry 0"
    )
    done = subprocess.run([shell, "-c", command], capture_output=True, text=True, check=False, timeout=60)

    assert (153, {}) == (done.returncode, content(cache)), done.stderr
    assert f"wanted {len(BODY)} bytes, found more" in done.stderr
