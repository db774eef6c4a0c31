"""A command that stays while the connection does, over a real sshd."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.remote_shell.sshd import Sshd
from trueup import node_lock
from trueup.remote_shell import Shell

STAYS = "exec sh -c 'echo; echo there; exec cat'"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """It gives the second session that a held command needs."""
    server = Sshd(tmp_path_factory.mktemp("sshd"), sessions=10)
    yield server
    server.stop()


def test_command_stays_and_the_shell_goes_on(server: Sshd) -> None:
    """The shell beside it is not disturbed."""
    with Shell(server.target()) as shell:
        held = shell.start_background(STAYS, "there", 10.0)

        assert (True, "fine\n") == (held[0], shell.run("echo fine").text)


@pytest.mark.parametrize(
    ("command", "deadline_s", "said"), [("echo no; exit 1", 10.0, "no"), ("echo slow; exec sleep 77.3", 1.0, "slow")]
)
def test_command_that_ends_or_is_late_is_not_held(server: Sshd, command: str, deadline_s: float, said: str) -> None:
    """Its words come back: they are the reason."""
    with Shell(server.target()) as shell:
        assert (False, said) == (lambda held: (held[0], held[1].strip()))(
            shell.start_background(command, "there", deadline_s)
        )


def test_refused_session_is_named(sshd: Sshd) -> None:
    """This sshd has MaxSessions 1."""
    with Shell(sshd.target()) as shell:
        held, said = shell.start_background(STAYS, "there", 10.0)

    assert (False, True) == (held, "MaxSessions" in said)


class Way:
    """A node by its shell."""

    def __init__(self, shell: Shell) -> None:
        self.hold = shell.start_background
        self._shell = shell

    def ask(self, command: str) -> str:
        return self._shell.run(command, timeout=20).text


def test_connection_of_a_dead_controller_is_ended(
    server: Sshd, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The network was cut: its sshd waits for it yet, and so would everybody else."""
    monkeypatch.setattr(node_lock, "FOLDER", str(tmp_path))
    mine = node_lock.current_owner("converge")
    machine, boot, *_ = mine.life.split(".")
    dead = node_lock.LockOwner("0" * 16, "converge", "me@here", "4194999", "then", f"{machine}.{boot}.4194999.1")
    old, new = Shell(server.target()), Shell(server.target())
    told: list[str] = []
    node_lock.acquire(Way(old), "node1", dead, exclusive=True, sudo=False, log=told.append)
    monkeypatch.setattr(node_lock, "PATIENCE_S", (0, 10))
    node_lock.acquire(Way(new), "node1", mine, exclusive=True, sudo=False, log=told.append)
    new.close()

    assert [f"node1: ending the connection that a dead controller left: {dead}"] == told
