"""Pairs of a larger fleet; the job and raw TCP of a pair are stood in for by their outcome."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.collective.test_diagnosis import member
from trueup.collective import pair_bisection
from trueup.collective.job_problem import job_problem
from trueup.collective.job_spec import JobSpec, Member
from trueup.collective.pair_bisection import SMALL, Pair, TryRound, find, find_bad, find_slow, rounds
from trueup.collective.verdict import JobVerdict
from trueup.outcome import Outcome

NAMES = [f"node{n}" for n in range(1, 7)]


def world(bad_nodes: set[str], bad_links: set[frozenset[str]] | None = None) -> TryRound:
    """Pairs fail that touch a bad node or are a bad link."""

    def attempt(pairs: Sequence[Pair]) -> dict[Pair, str | None]:
        met = [name for pair in pairs for name in pair]
        assert len(met) == len(set(met))
        return {
            pair: "slow" if set(pair) & bad_nodes or frozenset(pair) in (bad_links or set()) else None for pair in pairs
        }

    return attempt


@given(st.integers(min_value=2, max_value=17))
def test_schedule_meets_every_pair_once(count: int) -> None:
    """In as few rounds as a tournament needs."""
    names = [str(n) for n in range(count)]
    plan = rounds(names)
    met = [frozenset(pair) for each in plan for pair in each]

    assert {frozenset(pair) for pair in combinations(names, 2)} == set(met)
    assert len(met) == len(set(met))
    assert (count if count % 2 else count - 1) == len(plan)


@given(st.integers(min_value=3, max_value=12), st.data())
def test_one_bad_node_is_named_and_no_other(count: int, data: st.DataObject) -> None:
    """Its partner is cleared by a node that passed."""
    names = [str(n) for n in range(count)]
    bad = data.draw(st.sampled_from(names))
    found = find(names, world({bad}))

    assert ({bad}, {}) == (set(found.nodes), found.links)


@given(st.integers(min_value=3, max_value=12), st.data())
def test_bad_link_is_distinguished_from_bad_nodes(count: int, data: st.DataObject) -> None:
    """Both ends pass with others, in whatever round they meet."""
    names = [str(n) for n in range(count)]
    link = frozenset(data.draw(st.sampled_from(list(combinations(names, 2)))))
    found = find(names, world(set(), {link}))

    assert (set(), {link}) == (set(found.nodes), {frozenset(pair) for pair in found.links})


def test_healthy_fleet_has_no_suspect() -> None:
    """Every pair passes."""
    found = find(NAMES, world(set()))

    assert ({}, {}, frozenset(NAMES)) == (found.nodes, found.links, found.passed)


def test_no_suspect_is_cleared_where_no_node_passes() -> None:
    """Then the fault is not of one node."""
    assert set(NAMES) == set(find(NAMES, world(set(NAMES))).nodes)


FLEET = tuple(member(number) for number in range(1, 7))
JOB = JobSpec("gloo", 2, (29500, 29519), 60)


def test_bad_node_is_located_by_small_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pair is not tried for its speed."""
    jobs: list[JobSpec] = []

    def examined(pair: Sequence[Member], job: JobSpec) -> JobVerdict:
        jobs.append(job)
        bad = "node4" in [here.name for here in pair]
        return (
            JobVerdict(
                Outcome.FAIL, (job_problem("node4", "rank 1", expected="", actual="", message="node4: rank 1: wrong"),)
            )
            if bad
            else JobVerdict(Outcome.PASS)
        )

    monkeypatch.setattr(pair_bisection, "examine", examined)
    said: list[str] = []
    found = find_bad(FLEET, JOB, said.append)

    assert ["node4: the node fails with every partner tried: node4: rank 1: wrong"] == [
        str(problem) for problem in found.problems()
    ]
    assert {(SMALL, 1, 1)} == {(job.sizes, job.iterations, job.rounds) for job in jobs}
    assert "3 pairs at once: node1-node6, node2-node5, node3-node4" == said[0]


def test_slow_link_is_distinguished_from_slow_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ends are quick with others."""

    def both_directions(one: Member, other: Member, _port: int) -> tuple[dict[str, float], Any]:
        slow = {one.name, other.name} == {"node2", "node5"}
        return {f"{one.name} -> {other.name}": 0.01 if slow else 0.11}, ()

    monkeypatch.setattr(pair_bisection, "both_directions", both_directions)
    (problem,) = find_slow(FLEET, JOB, 0.1).problems()

    assert problem.message.startswith(
        "node2 -> node5: the link between them fails, both pass with others: node2 -> node5: 0.010"
    )


def test_pair_that_was_not_measured_did_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """No figure is no good figure."""

    def both_directions(one: Member, other: Member, _port: int) -> tuple[dict[str, float], tuple[str, ...]]:
        return {}, ("no route",) if "node1" in (one.name, other.name) else ()

    monkeypatch.setattr(pair_bisection, "both_directions", both_directions)

    assert ["node1"] == list(find_slow(FLEET, JOB, 0.1).nodes)
