"""What drift keeps of each node comes by acceptance's own shells: asked once, written when the last check has ended."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from trueup.declaration import LAB, Node
from trueup.drift import pytest_plugin
from trueup.drift.model import NodeState
from trueup.drift.pytest_plugin import NodeStateCollector
from trueup.gpu import ProbeReport
from trueup.remote_shell import DeadlineExceeded, Result

HERE, THERE = (
    Node(
        name=name,
        hostname=name,
        profile="lab",
        gpus="a100-pcie-40gb x2",
        address=name,
        interface="e",
        mirror="http://m",
    )
    for name in ("node1", "node2")
)
LATE = DeadlineExceeded("node1", "run", expected="an end", actual="none", remedy="wait")


class FakeShell:
    """Answers, or does not, and counts how often it was asked."""

    def __init__(self, answer: Result | Exception) -> None:
        self.answer, self.asked = answer, 0

    def submit(self, command: str, *, timeout: float) -> Future[Result]:
        """The answer is there at once."""
        self.asked += 1
        future: Future[Result] = Future()
        if isinstance(self.answer, Exception):
            future.set_exception(self.answer)
        else:
            future.set_result(self.answer)
        return future


Run = Callable[..., dict[str, NodeState]]


def item(node: Node | None) -> Any:
    """A check of that node; of the fleet for None."""
    return SimpleNamespace(callspec=SimpleNamespace(params={"node": node} if node else {}))


@pytest.fixture
def collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """What is written after checks of these nodes, in this order, over these shells."""

    def run(
        shells: dict[str, FakeShell], *nodes: Node | None, reports: tuple[ProbeReport, ...] = ()
    ) -> dict[str, NodeState]:
        reach = SimpleNamespace(opened=lambda node: shells.get(node.name))
        monkeypatch.setattr(pytest_plugin, "shell_pool", lambda _config: reach)
        monkeypatch.setattr(pytest_plugin, "declared", lambda _config: (None, {"node1": LAB, "node2": LAB}))
        config: Any = None
        seeing, items = NodeStateCollector(config, tmp_path), [item(node) for node in nodes]
        for one, after in zip(items, [*items[1:], None], strict=True):
            seeing.pytest_runtest_setup(one)
            for report in reports:
                fixture = seeing.pytest_fixture_setup()
                next(fixture)
                with pytest.raises(StopIteration):
                    fixture.send(report)
            seeing.pytest_runtest_teardown(one, after)
        return {file.stem: NodeState.model_validate_json(file.read_bytes()) for file in tmp_path.glob("*.json")}

    return run


def test_each_node_is_queried_once_and_distinguished(collected: Run) -> None:
    """However many checks it has, and with the fleet's between them."""
    shells = {"node1": FakeShell(Result(0, b"boot=b1\n", b"")), "node2": FakeShell(Result(0, b"boot=b2\n", b""))}
    found = collected(shells, HERE, HERE, None, THERE, HERE)

    assert {"node1": "b1", "node2": "b2"} == {name: one.boot for name, one in found.items()}
    assert (1, 1) == (shells["node1"].asked, shells["node2"].asked)


def test_node_that_does_not_answer_leaves_no_file(collected: Run) -> None:
    """Whether it has no shell, or its shell is too late."""
    assert {} == collected({"node1": FakeShell(LATE)}, HERE, THERE)


def test_probe_of_the_checks_gives_the_counters(collected: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked once, for both."""
    probes: list[object] = []

    def note(text: str, probe: object, profile: object) -> NodeState:
        probes.append(probe)
        return NodeState(boot="b1")

    monkeypatch.setattr(pytest_plugin, "state_from", note)
    report: Any = ProbeReport.__new__(ProbeReport)
    object.__setattr__(report, "node", "node1")
    object.__setattr__(report, "answer", "what it said")
    collected({"node1": FakeShell(Result(0, b"", b""))}, HERE, reports=(report,))

    assert ["what it said"] == probes
