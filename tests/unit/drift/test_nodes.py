"""What drift keeps of nodes that it asks by itself: all that answered, and nothing invented of what did not."""

from concurrent.futures import Future
from typing import Any

import pytest

from trueup.drift import nodes
from trueup.drift.nodes import see
from trueup.drift.record import unseen
from trueup.drift.seen import COMMAND
from trueup.shell import DeadlineExceeded, Result, Shell, ShellError
from trueup.spec.inventory import Node
from trueup.spec.shipped import LAB

NODE = Node(
    name="node1", hostname="n", profile="lab", gpus="a100-pcie-40gb x2", address="n", interface="e", mirror="http://m"
)
LATE = DeadlineExceeded("node1", "run", wanted="an end", found="none", remedy="wait")
TOLD = Result(0, b"boot=b1-7\nmachine=m\ntemperature=0, 41\n", b"")


class FakeShell(Shell):
    """Answers what drift asks, and the GPU probe, each with its own."""

    def __init__(self, told: Result | ShellError, probe: Result | ShellError) -> None:
        self.told, self.probe, self.closed = told, probe, False

    def submit(self, command: str, **_: Any) -> Future[Result]:
        """The answer is there at once."""
        answer, future = self.told if command == COMMAND else self.probe, Future[Result]()
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
    monkeypatch.setattr(nodes, "connect_all", lambda targets: {target.name: answer for target in targets})


def test_what_answered_is_kept_though_the_probe_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hung driver hides the counters, not the boot; the shell is closed."""
    shell = FakeShell(TOLD, LATE)
    connected(monkeypatch, shell)
    seen = see((NODE,), {"node1": LAB})["node1"]

    assert ("b1-7", "m", {"temperature[0]": 41.0}) == (seen.boot, seen.machine, seen.measures)
    assert shell.closed


@pytest.mark.parametrize("answer", [LATE, FakeShell(LATE, LATE)], ids=["no login", "no answer"])
def test_silent_node_is_not_seen(monkeypatch: pytest.MonkeyPatch, answer: FakeShell | ShellError) -> None:
    """Its own checks say why; nothing of it is invented here."""
    connected(monkeypatch, answer)

    assert {"node1": unseen(LAB)} == see((NODE,), {"node1": LAB})
