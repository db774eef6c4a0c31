"""Looks are gathered from all nodes at once, and no node is waited for longer than declared."""

from concurrent.futures import Future
from dataclasses import replace

import pytest

from tests.unit.collective.test_diagnosis import MEMBERS, PORT, NoShell
from trueup.collective import diagnostics
from trueup.collective.diagnostics import PATIENCE_S, PROBE_S, gather, settings_of
from trueup.collective.job_spec import OnOutput
from trueup.remote_shell import Result, Unreachable


class Answers(NoShell):
    """One answer to every command, or none ever."""

    def __init__(self, answer: Result | Exception | None) -> None:
        """None: the node is silent."""
        self._answer = answer

    def submit(
        self,
        command: str,
        *,
        stdin: bytes | None = None,
        timeout: float | None = None,
        on_output: OnOutput | None = None,
    ) -> "Future[Result]":
        """As a shell would."""
        future: Future[Result] = Future()
        if isinstance(self._answer, Result):
            future.set_result(self._answer)
        elif self._answer is not None:
            future.set_exception(self._answer)
        return future


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "did not answer: no word in"),
        (Result(127, b"", b"sh: /env/bin/python: not found\n"), "the environment's Python exited 127: sh: /env"),
        (Result(0, b"{", b""), "answered what cannot be read"),
        (Result(0, b'{"interface": {}}', b""), "answered what cannot be read"),
        (Unreachable("node1", "connect", expected="a way", actual="none", remedy="look"), "did not answer: node1"),
    ],
)
def test_node_without_diagnostics_has_a_reason(
    monkeypatch: pytest.MonkeyPatch, answer: Result | Exception | None, words: str
) -> None:
    """The other nodes' looks are kept."""
    monkeypatch.setattr(diagnostics, "PROBE_S", 0)
    monkeypatch.setattr(diagnostics, "PATIENCE_S", 0.2)
    found = gather([replace(here, shell=Answers(answer)) for here in MEMBERS], PORT)

    assert [True, True] == [str(found.by_node[name]).startswith(words) for name in ("node1", "node2")]


def test_diagnosis_has_its_bound() -> None:
    """A node that hangs does not make the diagnosis hang; 30 s are what it may take."""
    assert PROBE_S + PATIENCE_S < 30


def test_lost_node_is_not_queried() -> None:
    """It would cost the whole time again."""
    found = gather([replace(here, shell=Answers(Result(1, b"", b""))) for here in MEMBERS], PORT, lost=("node2",))

    assert "did not answer" == found.by_node["node2"]


def test_node_probes_all_others() -> None:
    """By name and by address, at the rendezvous port and at an ephemeral one."""
    found = settings_of(MEMBERS, MEMBERS[1], PORT, 40000)

    assert ([{"name": "node1", "address": "10.0.0.1"}], [PORT, 40000]) == (found["peers"], found["ports"])
