"""Nobody else converges meanwhile: pyinfra by its own ssh connector, and by ours."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.remote_shell.sshd import Sshd
from tests.unit.remote_shell.test_dedicated_session import Way
from trueup import node_lock
from trueup.remote_shell import Shell

ROOT = Path(__file__).parents[3]
DEPLOY = """
from pyinfra.context import host
from pyinfra.operations import server
from deploy.node_lock import acquire_current_host
from trueup import node_lock

node_lock.FOLDER, node_lock.PATIENCE_S = host.data.place, (0, 1)
acquire_current_host()
server.shell(name="touch", commands=["touch " + host.data.place + "/changed"])
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """A real sshd."""
    server = Sshd(tmp_path_factory.mktemp("sshd"), sessions=10)
    yield server
    server.stop()


def converge(server: Sshd, folder: Path, prefix: str, *options: str) -> subprocess.CompletedProcess[str]:
    """pyinfra's command line on one host."""
    target = server.target()
    known = {
        "ssh_hostname": target.hostname,
        "ssh_port": target.port,
        "ssh_user": target.user,
        "ssh_key": target.key,
        "ssh_known_hosts_file": target.known_hosts,
        "place": str(folder),
    }
    (folder / "inventory.py").write_text(f"hosts = [({prefix + 'node1'!r}, {known!r})]\n")
    (folder / "site.py").write_text(DEPLOY)
    return subprocess.run(
        [Path(sys.executable).with_name("pyinfra"), *options, "inventory.py", "site.py"],
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("prefix", ["", "@trueup/"])
@pytest.mark.parametrize(
    ("purpose", "exclusive", "options", "refused"),
    [
        ("converge", True, ("-y",), True),
        ("converge", True, ("--dry",), True),
        ("acceptance", False, ("-y",), True),
        ("acceptance", False, ("--dry",), False),
    ],
)
def test_holder_is_named_and_nothing_is_touched(
    server: Sshd,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    prefix: str,
    purpose: node_lock.Purpose,
    exclusive: bool,
    options: tuple[str, ...],
    refused: bool,
) -> None:
    """A converge is alone; looks share; the refusal comes before the first operation."""
    monkeypatch.setattr(node_lock, "FOLDER", str(tmp_path))
    mine = node_lock.current_owner(purpose)
    with Shell(server.target()) as shell:
        node_lock.acquire(Way(shell), "node1", mine, exclusive=exclusive, sudo=False, log=lambda _: None)
        done = converge(server, tmp_path, prefix, *options)
    said = " ".join((done.stdout + done.stderr).split())

    assert (refused, refused) == (done.returncode != 0, f"found {mine}" in said), said
    assert not (tmp_path / "changed").exists()


@pytest.mark.parametrize("prefix", ["", "@trueup/"])
def test_free_node_is_converged(server: Sshd, tmp_path: Path, prefix: str) -> None:
    """And a second time, at once: the lock went with the connection."""
    done = [converge(server, tmp_path, prefix, "-y") for _ in range(2)]

    assert [0, 0] == [each.returncode for each in done], done[0].stdout + done[0].stderr + done[1].stderr
    assert (tmp_path / "changed").exists()
