"""What drift keeps of nodes that it asks by itself: all that answered, and nothing invented of what did not."""

from concurrent.futures import Future
from typing import Any

import pytest

from trueup.declaration import LAB, Node
from trueup.drift import node_state
from trueup.drift.model import NodeState, digest, unreached
from trueup.drift.node_state import COMMAND, collect_node_states, counters, parse_output, state_from
from trueup.gpu import ProbeError
from trueup.remote_shell import DeadlineExceeded, Result, Shell, ShellError

OUTPUT = "boot=b-1\nmachine=m\npackages=p\ntemperature=0, 41\ntemperature=1, [N/A]\n"


def test_what_a_node_reported() -> None:
    """A temperature that is no number is left out, not 0."""
    assert ({"boot": "b-1", "machine": "m", "packages": "p"}, {"temperature[0]": 41.0}) == parse_output(OUTPUT)


def test_probe_without_an_answer_takes_nothing_else_away() -> None:
    """Its own checks say that it gave none."""
    found = state_from(OUTPUT, ProbeError("it printed nothing"), LAB)
    want = NodeState(boot="b-1", machine="m", packages="p", profile=digest(LAB), simulated=True)

    assert want.model_copy(update={"measures": {"temperature[0]": 41.0}}) == found


def test_node_that_reported_nothing_is_unknown() -> None:
    """None, never an empty boot that would look like another one."""
    assert unreached(LAB) == state_from("", None, LAB)
    assert (None, None, None) == (unreached(LAB).boot, unreached(LAB).machine, unreached(LAB).packages)


def test_no_gpu_no_counter() -> None:
    """Nothing is invented."""
    assert {} == counters(())


NODE = Node(
    name="node1", hostname="n", profile="lab", gpus="a100-pcie-40gb x2", address="n", interface="e", mirror="http://m"
)
LATE = DeadlineExceeded("node1", "run", expected="an end", actual="none", remedy="wait")
RESULT = Result(0, b"boot=b1-7\nmachine=m\ntemperature=0, 41\n", b"")


class FakeShell(Shell):
    """Answers what drift asks, and the GPU probe, each with its own."""

    def __init__(self, told: Result | ShellError, probe: Result | ShellError) -> None:
        self.messages, self.probe, self.closed = told, probe, False

    def submit(self, command: str, **_: Any) -> Future[Result]:
        """The answer is there at once."""
        answer, future = self.messages if command == COMMAND else self.probe, Future[Result]()
        if isinstance(answer, ShellError):
            future.set_exception(answer)
        else:
            future.set_result(answer)
        return future

    def close(self) -> None:
        """Kept, to be asked for."""
        self.closed = True


def connected(monkeypatch: pytest.MonkeyPatch, answer: FakeShell | ShellError) -> None:
    """From now on node1 answers so."""
    monkeypatch.setattr(node_state, "connect_all", lambda targets: {target.name: answer for target in targets})


def test_what_answered_is_kept_though_the_probe_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hung driver hides the counters, not the boot; the shell is closed."""
    shell = FakeShell(RESULT, LATE)
    connected(monkeypatch, shell)
    seen = collect_node_states((NODE,), {"node1": LAB})["node1"]

    assert ("b1-7", "m", {"temperature[0]": 41.0}) == (seen.boot, seen.machine, seen.measures)
    assert shell.closed


@pytest.mark.parametrize("answer", [LATE, FakeShell(LATE, LATE)], ids=["no login", "no answer"])
def test_silent_node_is_not_reported(monkeypatch: pytest.MonkeyPatch, answer: FakeShell | ShellError) -> None:
    """Its own checks say why; nothing of it is invented here."""
    connected(monkeypatch, answer)

    assert {"node1": unreached(LAB)} == collect_node_states((NODE,), {"node1": LAB})
