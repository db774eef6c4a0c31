"""Pairs of a larger fleet; the job and raw TCP of a pair are stood in for by their outcome."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.unit.collective.test_ladder import member
from trueup.collective import many
from trueup.collective.many import SMALL, find_bad, find_slow
from trueup.collective.plan import Job, Member
from trueup.collective.verdict import Verdict

FLEET = tuple(member(number) for number in range(1, 7))
JOB = Job("gloo", 2, (29500, 29519), 60)


def test_bad_node_is_found_by_small_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pair is not tried for its speed."""
    jobs: list[Job] = []

    def examined(pair: Sequence[Member], job: Job) -> Verdict:
        jobs.append(job)
        bad = "node4" in [here.name for here in pair]
        return Verdict("does-not-hold", ("node4: rank 1: wrong",)) if bad else Verdict("holds", ())

    monkeypatch.setattr(many, "examine", examined)
    said: list[str] = []
    found = find_bad(FLEET, JOB, said.append)

    assert ["node4: the node fails with every partner tried: node4: rank 1: wrong"] == found.lines()
    assert {(SMALL, 1, 1)} == {(job.sizes, job.iterations, job.rounds) for job in jobs}
    assert "3 pairs at once: node1-node6, node2-node5, node3-node4" == said[0]


def test_slow_link_is_told_from_slow_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ends are quick with others."""

    def both_ways(one: Member, other: Member, _port: int) -> tuple[dict[str, float], Any]:
        slow = {one.name, other.name} == {"node2", "node5"}
        return {f"{one.name} -> {other.name}": 0.01 if slow else 0.11}, ()

    monkeypatch.setattr(many, "both_ways", both_ways)
    (line,) = find_slow(FLEET, JOB, 0.1).lines()

    assert line.startswith("node2 -> node5: the link between them fails, both pass with others: node2 -> node5: 0.010")


def test_pair_that_was_not_measured_did_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """No figure is no good figure."""

    def both_ways(one: Member, other: Member, _port: int) -> tuple[dict[str, float], tuple[str, ...]]:
        return {}, ("no route",) if "node1" in (one.name, other.name) else ()

    monkeypatch.setattr(many, "both_ways", both_ways)

    assert ["node1"] == list(find_slow(FLEET, JOB, 0.1).nodes)
