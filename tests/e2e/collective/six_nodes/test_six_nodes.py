"""Six nodes: the bad one, or the bad link between two good ones, is named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lab import outages
from lab.node import LabNode
from tests.e2e.collective.conftest import opened
from tests.e2e.collective.job_faults import C10D
from tests.e2e.conftest import kept_like
from tests.e2e.machines import instance, machines, node
from trueup.collective.bandwidth_check import check_bandwidth
from trueup.collective.job_spec import JobSpec, Member
from trueup.collective.pair_bisection import find_bad
from trueup.collective.run import examine

NAMES = tuple(f"node{number}" for number in range(1, 7))
# One rank a node: six processes that import torch are what this machine bears.
JOB = JobSpec("gloo", 1, (29500, 29519), 600, sizes=(12, 1 << 20), warmups=1, iterations=1)
WRONG = f"""cp -p {C10D} /root/c10d.kept; cat >>{C10D} <<'END'

_right = all_reduce


def all_reduce(tensor, *args, **kwargs):
    work = _right(tensor, *args, **kwargs)
    tensor.view(-1)[0] += 1
    return work
END
"""
RIGHT = f"mv /root/c10d.kept {C10D}"


@dataclass(frozen=True)
class Six:
    """The nodes from outside, and as members of a job."""

    nodes: dict[str, LabNode]
    members: Sequence[Member]


@pytest.fixture(scope="module")
def six() -> Iterator[Six]:
    """Six nodes of this module's own, converged; with kept disks, that is an edit of their names."""
    like = kept_like()
    options = ("--nodes", "6", *(("--like", like) if like else ()))
    with machines("six", *options, mirror=like is None) as pair, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRUEUP_LAB", pair.name)
        nodes = {name: node(pair, name) for name in NAMES}
        if like:
            hosts = "".join(f"{instance(pair).address(name)} {name}\n" for name in NAMES)
            for each in nodes.values():
                each.execute(f"printf %s '127.0.0.1 localhost\n{hosts}' >/etc/hosts")
        else:
            done = pair.converge()
            assert done.rc == 0, done.err
        with opened() as members:
            yield Six(nodes, members)


def test_six_nodes_hold(six: Six) -> None:
    """Six ranks, one a node, every element exact."""
    verdict = examine(six.members, JOB)

    assert ("pass", ()) == (verdict.outcome, verdict.reasons)
    assert [here.name for here in six.members] == [record.node for record in verdict.records]
    assert list(range(6)) == [record.rank for record in verdict.records]


def test_bad_node_is_named(six: Six) -> None:
    """Every pair with it fails, and its partner passes with another."""
    six.nodes["node4"].execute(WRONG)
    try:
        found = find_bad(six.members, JOB, lambda _: None)
    finally:
        six.nodes["node4"].execute(RIGHT)

    assert (["node4"], {}) == (list(found.nodes), found.links)
    assert "all_reduce" in str(found.problems()[0])


def test_bad_link_is_named(six: Six) -> None:
    """Both of its ends pass with others: neither is taken out of the fleet."""
    outages.drop_peer(six.nodes["node2"], next(here.address for here in six.members if here.name == "node5"))
    try:
        verdict = examine(six.members, JOB)
        found = find_bad(six.members, JOB, lambda _: None)
    finally:
        outages.clear(six.nodes["node2"])

    assert "fail" == verdict.outcome
    assert [] == [why for why in verdict.reasons if not why.startswith(("node2 -> node5", "node5 -> node2"))]
    assert ({}, [{"node2", "node5"}]) == (found.nodes, [set(pair) for pair in found.links])


def test_slow_node_is_named(six: Six, tmp_path: Path) -> None:
    """The ring is as slow as its slowest link; which one that is, the ring does not say."""
    fleet = [replace(each, link_mbit=100) for each in six.members]
    job = replace(JOB, sizes=(1 << 20,), dtypes=("float32",), rounds=3)
    outages.limit_rate(six.nodes["node4"], 10)
    try:
        verdict, _ = check_bandwidth(examine(fleet, job), fleet, job, tmp_path)
    finally:
        outages.clear(six.nodes["node4"])

    assert "fail" == verdict.outcome
    assert verdict.reasons[0].startswith("node4: the node fails with every partner tried: node4 -> ")
    assert "of raw TCP" in verdict.reasons[0]
