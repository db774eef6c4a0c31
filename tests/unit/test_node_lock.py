"""The lock of a node: who holds it, whether that one still lives, and what is said to the next."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup import node_lock
from trueup.node_lock import LockOwner, NodeLocked

GONE = "4194999"  # above any process's number (proc(5), pid_max is 2^22 at most)


class Local:
    """This machine as a node: processes that stay until the test ends."""

    def __init__(self) -> None:
        self.running: list[subprocess.Popen[str]] = []

    def hold(self, command: str, mark: str, _deadline_s: float) -> tuple[bool, str]:
        process = subprocess.Popen(
            ["sh", "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.running.append(process)
        assert process.stdout is not None
        said = ""
        while f"\n{mark}\n" not in said:
            line = process.stdout.readline()
            if not line:
                return False, said
            said += line
        return True, ""

    def ask(self, command: str) -> str:
        return subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False).stdout

    def end(self) -> None:
        for process in self.running:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(10)


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Local]:
    """A node whose lock is this test's own."""
    monkeypatch.setattr(node_lock, "FOLDER", str(tmp_path))
    monkeypatch.setattr(node_lock, "PATIENCE_S", (0, 1))
    local = Local()
    yield local
    local.end()


def take(node: Local, mine: LockOwner, *, exclusive: bool) -> list[str]:
    """What was told while taking it."""
    output: list[str] = []
    node_lock.acquire(node, "node1", mine, exclusive=exclusive, sudo=False, log=output.append)
    return output


def test_second_converge_names_the_lock_owner(node: Local) -> None:
    """A refusal without a name sends its reader through every terminal of the house."""
    first = node_lock.current_owner("converge")
    take(node, first, exclusive=True)
    with pytest.raises(NodeLocked) as refused:
        take(node, node_lock.current_owner("converge"), exclusive=True)

    assert refused.value.node == "node1"
    assert f"found {first}. Wait for its end" in str(refused.value)


def test_acceptance_is_refused_while_a_converge_runs(node: Local) -> None:
    """What it would see is neither the old state nor the new: a false red."""
    take(node, node_lock.current_owner("converge"), exclusive=True)

    with pytest.raises(NodeLocked, match="acceptance, with nobody changing it, found converge by"):
        take(node, node_lock.current_owner("acceptance"), exclusive=False)


def test_acceptances_share_the_node(node: Local) -> None:
    """Two acceptances disturb nobody."""
    assert [[], []] == [take(node, node_lock.current_owner("acceptance"), exclusive=False) for _ in range(2)]


def test_converge_waits_for_acceptances_and_logs_it(node: Local) -> None:
    """A converge under a look's eyes turns its checks red."""
    look = node_lock.current_owner("acceptance")
    take(node, look, exclusive=False)
    output: list[str] = []
    with pytest.raises(NodeLocked):
        node_lock.acquire(
            node, "node1", node_lock.current_owner("converge"), exclusive=True, sudo=False, log=output.append
        )

    assert [f"node1: waiting up to 1 s for {look}"] == output


def test_lock_ends_with_the_connection(node: Local) -> None:
    """A controller that was killed must lock nobody out."""
    take(node, node_lock.current_owner("converge"), exclusive=True)
    node.end()
    node.running.clear()

    assert [] == take(node, node_lock.current_owner("converge"), exclusive=True)


def test_lock_of_another_program_is_not_taken_for_trueup_s(node: Local, tmp_path: Path) -> None:
    """The remedy then is another one."""
    other = subprocess.Popen(["flock", tmp_path, "-c", "echo held; exec cat"], stdin=-1, stdout=-1, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(NodeLocked, match="lslocks"):
        take(node, node_lock.current_owner("converge"), exclusive=True)
    other.communicate()


def test_missing_tool_is_named(node: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not "held by nobody"."""
    monkeypatch.setattr(node_lock, "_lift", lambda _: "PATH=/nowhere; ")

    with pytest.raises(NodeLocked, match="not found"):
        take(node, node_lock.current_owner("converge"), exclusive=True)


def test_process_of_this_machine_that_is_no_more_has_ended() -> None:
    """Then, and only then, may its connection be ended from here."""
    mine = node_lock.current_owner("converge")
    machine, boot, pid, began = mine.life.split(".")
    lives = [
        mine.life,
        f"{machine}.{boot}.{GONE}.{began}",
        f"{machine}.00000000.{pid}.{began}",
        f"{'0' * 12}.{boot}.{GONE}.{began}",
        "nonsense",
    ]
    holders = [
        LockOwner("n", "converge", "me@here", life.split(".")[2] if "." in life else "1", "", life) for life in lives
    ]

    assert [False, True, True, False, False] == [node_lock.has_ended(each) for each in holders]


@given(st.text(max_size=200))
def test_any_answer_of_a_node_is_read(text: str) -> None:
    """A hostile node says what it likes; no line of another form becomes a holder."""
    assert [] == [holder for holder in node_lock.parse_owners(text) if node_lock.has_ended(holder)]


def test_answer_is_read_back() -> None:
    """What a holder's command line says is what the next one is told."""
    mine = node_lock.current_owner("dry plan")
    line = "|".join(vars(mine).values()) + "|"

    assert [mine] == node_lock.parse_owners(f"{line}\nsomething|else\n")


def test_worker_speaks_for_its_controller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wants to end it needs the process that started the workers."""
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")

    assert str(os.getppid()) == node_lock.current_owner("acceptance").pid
