"""Raw TCP between two nodes, here over the loopback."""

from dataclasses import replace

import pytest

from trueup.collective.plan import Member
from trueup.collective.raw import NotMeasuredError, both_ways, throughput

PORT = 29640


def test_both_ways_are_measured(pair: tuple[Member, Member]) -> None:
    """A link may be slow in one of them only."""
    found, lost = both_ways(pair[0], pair[1], PORT)

    assert ({"node1 -> node2", "node2 -> node1"}, ()) == (set(found), lost)
    assert all(rate > 0 for rate in found.values())


def test_node_without_the_environment_is_not_measured(pair: tuple[Member, Member]) -> None:
    """And nothing is made up for it."""
    with pytest.raises(NotMeasuredError, match=r"node1 -> node2: .*"):
        throughput(replace(pair[0], python="/nowhere/python"), pair[1], PORT)
