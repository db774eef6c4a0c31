"""Which of many nodes is bad."""

from collections.abc import Sequence
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from trueup.collective.pairs import Pair, TryRound, find, rounds

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
def test_bad_link_is_told_from_bad_nodes(count: int, data: st.DataObject) -> None:
    """Both ends pass with others, in whatever round they meet."""
    names = [str(n) for n in range(count)]
    link = frozenset(data.draw(st.sampled_from(list(combinations(names, 2)))))
    found = find(names, world(set(), {link}))

    assert (set(), {link}) == (set(found.nodes), {frozenset(pair) for pair in found.links})


def test_healthy_fleet_has_no_suspect() -> None:
    """Every pair passes."""
    found = find(NAMES, world(set()))

    assert ({}, {}, frozenset(NAMES)) == (found.nodes, found.links, found.passed)


def test_nobody_is_cleared_where_nobody_passes() -> None:
    """Then the fault is not of one node."""
    assert set(NAMES) == set(find(NAMES, world(set(NAMES))).nodes)
