"""The verdict on speed over a verdict that holds; raw TCP is stood in for by its figures."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.collective.test_diagnosis import member
from tests.unit.collective.test_report import SIZES, record
from trueup.collective import bandwidth_check, pair_bisection
from trueup.collective.bandwidth_check import check_bandwidth
from trueup.collective.job_problem import job_problem
from trueup.collective.job_spec import JobSpec, Member
from trueup.collective.verdict import JobVerdict
from trueup.outcome import Outcome

JOB = JobSpec("nccl", 1, (29500, 29519), 60, sizes=SIZES)
HOLDS = JobVerdict(Outcome.PASS, (), (record(),))


@pytest.fixture
def raw_tcp(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """GB/s by way, for the test to fill; 1.2 where it says nothing."""
    rates: dict[str, float] = {}

    def both_directions(one: Member, other: Member, _port: int) -> tuple[dict[str, float], tuple[str, ...]]:
        ways = (f"{one.name} -> {other.name}", f"{other.name} -> {one.name}")
        return {way: rates.get(way, 1.2) for way in ways}, ()

    for module in (pair_bisection, bandwidth_check):
        monkeypatch.setattr(module, "both_directions", both_directions)
    return rates


def fleet(count: int, mbit: int | None) -> tuple[Member, ...]:
    """So many nodes with that link declared."""
    return tuple(replace(member(n + 1), link_mbit=mbit) for n in range(count))


def test_first_run_is_recorded_and_holds_the_next(raw_tcp: dict[str, float], tmp_path: Path) -> None:
    """Without a declared link, the pair is held to itself."""
    first, _ = check_bandwidth(HOLDS, fleet(2, None), JOB, tmp_path)
    slower = JobVerdict(
        Outcome.PASS, (), (record(timings=[t.model_copy(update={"busbw": 0.3}) for t in record().timings]),)
    )
    second, _ = check_bandwidth(slower, fleet(2, None), JOB, tmp_path)

    assert ("pass", "fail") == (first.outcome, second.outcome)
    assert first.notes[0].startswith("recorded as the baseline")
    assert raw_tcp == {}


def test_slow_collective_on_a_fast_network_is_reported(raw_tcp: dict[str, float], tmp_path: Path) -> None:
    """A cable is not the cause."""
    verdict, found = check_bandwidth(HOLDS, fleet(2, 25_000), JOB, tmp_path)

    assert ("fail", 1) == (verdict.outcome, len(verdict.reasons))
    assert "raw TCP is fast enough, so the network is not what is slow" in verdict.reasons[0]
    assert {"node1 -> node2": 1.2, "node2 -> node1": 1.2} == found.raw_tcp
    assert raw_tcp == {}


def test_slow_network_is_named_with_its_way(raw_tcp: dict[str, float], tmp_path: Path) -> None:
    """Before the bandwidth that followed from it."""
    raw_tcp["node2 -> node1"] = 0.1
    verdict, _ = check_bandwidth(HOLDS, fleet(2, 25_000), JOB, tmp_path)

    problem = verdict.problems[0]

    assert ("node2", "node1", "network") == (problem.node, problem.peer, problem.subject)
    assert ("a link of 25000 Mbit/s, as declared", "0.100 GB/s (800 Mbit/s) of raw TCP") == (
        problem.expected,
        problem.actual,
    )


def test_slow_node_among_many_is_named(raw_tcp: dict[str, float], tmp_path: Path) -> None:
    """By pairs, whatever the ring says."""
    raw_tcp |= {f"node3 -> node{n}": 0.1 for n in range(1, 7)}
    verdict, _ = check_bandwidth(HOLDS, fleet(6, 25_000), JOB, tmp_path)

    assert verdict.reasons[0].startswith("node3: the node fails with every partner tried: node3 -> node")


def test_slow_run_is_never_recorded(raw_tcp: dict[str, float], tmp_path: Path) -> None:
    """Nor by --rebaseline: a fault would be what the fleet is held to from then on."""
    check_bandwidth(HOLDS, fleet(2, 25_000), JOB, tmp_path, rebaseline=True)

    assert [] == list(tmp_path.iterdir())
    assert raw_tcp == {}


def test_verdict_that_fails_is_not_timed(raw_tcp: dict[str, float], tmp_path: Path) -> None:
    """Its rates mean nothing."""
    failed = JobVerdict(
        Outcome.FAIL, (job_problem("node1", "rank 0", expected="", actual="", message="wrong"),), (record(),)
    )

    assert failed == check_bandwidth(failed, fleet(2, 25_000), JOB, tmp_path)[0]
    assert raw_tcp == {}
