"""Diagnosis, then the job, then the diagnosis again, with recorded answers for nodes and job."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.unit.collective.test_diagnosis import EPHEMERAL, MEMBERS, PORT, diagnostics
from tests.unit.collective.test_nccl_log import SOCKETS
from tests.unit.collective.test_report import record
from trueup.collective import run as module
from trueup.collective.diagnostics import FleetDiagnostics, NodeDiagnostics
from trueup.collective.job_problem import JobProblem, job_problem
from trueup.collective.job_spec import JobSpec, Member
from trueup.collective.launch import NoPortError, Port, PortCheckFailed
from trueup.collective.run import examine
from trueup.collective.verdict import JobVerdict
from trueup.outcome import Outcome

JOB = JobSpec("gloo", 2, (PORT, PORT), 60)
HEALTHY = (diagnostics(1), diagnostics(2))
HOLDS = JobVerdict(Outcome.PASS, (), logs=(("node1", SOCKETS), ("node2", SOCKETS.replace("eth0", "eth7"))))


def problem(message: str) -> JobProblem:
    """One with that sentence."""
    return job_problem("node1", "", expected="", actual="", message=message)


class Nodes:
    """Return recorded diagnostics in turn, and count how often the job ran."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, *looks: Sequence[NodeDiagnostics | str], port: Port | Exception
    ) -> None:
        self._looks, self._port = list(looks), port
        self.runs = 0
        self.lost: Sequence[str] = ()
        monkeypatch.setattr(module, "choose_port", self._choose)
        monkeypatch.setattr(module, "gather", self._gather)

    def _choose(self, _host: Member, _job: JobSpec) -> Port:
        if isinstance(self._port, Exception):
            raise self._port
        return self._port

    def _gather(self, _members: Sequence[Member], _port: int, lost: Sequence[str] = ()) -> FleetDiagnostics:
        self.lost = lost
        first, second = self._looks.pop(0)
        return FleetDiagnostics({"node1": first, "node2": second}, PORT, EPHEMERAL, 1000.0, 0.5)

    def examined(self, verdict: JobVerdict, job: JobSpec = JOB) -> JobVerdict:
        """The verdict where the job itself ends with that one."""

        def run(*_: Any) -> JobVerdict:
            self.runs += 1
            return verdict

        return examine(MEMBERS, job, run=run)


FREE = Port(PORT, ())


def test_job_is_not_started_on_a_broken_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """For minutes, and in words that say less."""
    small = (diagnostics(1), diagnostics(2, card={"mtu": 1400}))
    nodes = Nodes(monkeypatch, small, small, port=Port(PORT, ((29499, "process 7"),)))
    verdict = nodes.examined(HOLDS)

    assert ("fail", 0) == (verdict.outcome, nodes.runs)
    assert "MTU 1400" in verdict.reasons[0]
    assert ("node1: port 29499 is held by process 7",) == verdict.notes


def test_problem_that_a_second_diagnosis_does_not_confirm_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy node's ears opened late."""
    late = diagnostics(2, peer={"ports": {PORT: None, EPHEMERAL: "[Errno 111] Connection refused"}})
    nodes = Nodes(monkeypatch, (diagnostics(1), late), HEALTHY, port=FREE)
    verdict = nodes.examined(HOLDS)

    assert ("pass", 1) == (verdict.outcome, nodes.runs)


def test_late_fault_comes_before_what_the_job_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cable that was pulled in the midst of it."""
    gone = (diagnostics(1), diagnostics(2, interface=None))
    nodes = Nodes(monkeypatch, HEALTHY, gone, gone, port=FREE)
    verdict = nodes.examined(JobVerdict(Outcome.FAIL, (problem("node1: rank 0: the deadline passed"),)))

    assert ["no such interface", "the deadline passed"] == [
        word for reason in verdict.reasons for word in ("no such interface", "the deadline passed") if word in reason
    ]


def test_lost_node_is_not_waited_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """And is what could not be looked at."""
    nodes = Nodes(monkeypatch, HEALTHY, (diagnostics(1), "did not answer"), port=FREE)
    verdict = nodes.examined(JobVerdict(Outcome.UNKNOWN, (problem("node2: gone"),), lost=("node2",)))

    assert ("unknown", ("node2",)) == (verdict.outcome, nodes.lost)
    assert verdict.reasons[0].startswith("node2: environment: expected a node that answers")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(PortCheckFailed(problem("node1: no answer")), "unknown"), (NoPortError(problem("node1: no port")), "fail")],
)
def test_missing_port_is_reported(monkeypatch: pytest.MonkeyPatch, error: Exception, outcome: str) -> None:
    """A range that is full is a fault of the fleet; a node that is silent was not looked at."""
    verdict = Nodes(monkeypatch, port=error).examined(HOLDS)

    assert (outcome, (str(error),)) == (verdict.outcome, verdict.reasons)


def test_nccl_over_another_interface_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though every sum was right."""
    job = JobSpec("nccl", 1, (PORT, PORT), 60)
    records = (record(), record(node="node2", rank=1))
    nodes = Nodes(monkeypatch, HEALTHY, HEALTHY, port=FREE)
    verdict = nodes.examined(JobVerdict(Outcome.PASS, (), records, logs=HOLDS.logs), job)

    assert ("fail", "node2: NCCL used eth7, declared is eth0; set NCCL_SOCKET_IFNAME") == (
        verdict.outcome,
        verdict.reasons[0],
    )
