"""The pairs of a larger fleet, tried as small jobs of their own, all disjoint ones at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from trueup.collective.bandwidth import both_ways, slow_ways
from trueup.collective.job_spec import JobSpec, Member
from trueup.collective.launch import Watch, silent
from trueup.collective.run import examine

Pair = tuple[str, str]
# Enough for every pair of 16 nodes; of more nodes the looks name a bad link.
MOST_ROUNDS = 15
# Runs all pairs of a round at once; None for a pair that holds, else why not.
TryRound = Callable[[Sequence[Pair]], dict[Pair, str | None]]


def rounds(names: Sequence[str]) -> list[list[Pair]]:
    """Every pair once, in the fewest rounds of disjoint pairs: the circle method of a round-robin tournament."""
    seats: list[str | None] = [*names, *([None] if len(names) % 2 else [])]
    found = []
    for _ in range(max(0, len(seats) - 1)):
        half = len(seats) // 2
        met = [(a, b) for a, b in zip(seats[:half], reversed(seats[half:]), strict=True)]
        found.append([(a, b) for a, b in met if a is not None and b is not None])
        seats = [seats[0], seats[-1], *seats[1:-1]]
    return found


@dataclass(frozen=True)
class Suspects:
    """nodes: bad ones, with what was seen; links: pairs that fail though each end passes with another node."""

    nodes: dict[str, str]
    links: dict[Pair, str]
    passed: frozenset[str]

    def lines(self) -> list[str]:
        """What to tell the operator."""
        bad = [f"{name}: the node fails with every partner tried: {why}" for name, why in self.nodes.items()]
        return bad + [
            f"{a} -> {b}: the link between them fails, both pass with others: {why}"
            for (a, b), why in self.links.items()
        ]


def find(names: Sequence[str], attempt: TryRound) -> Suspects:
    """Try disjoint pairs at once, round by round until one fails; pair those again, each with a node that passed.

    With no node that passed there is nobody to clear a suspect, and all stay under suspicion.
    """
    results: dict[Pair, str | None] = {}
    for met in rounds(names)[:MOST_ROUNDS]:
        results |= attempt(met)
        # Of an odd number one sits out: the others may all fail with the one bad node, and still be good.
        if any(results.values()) and (None in results.values() or len(names) % 2 == 0):
            break
    passed = list(dict.fromkeys(name for pair, why in results.items() if why is None for name in pair))
    suspects = {name: why for pair, why in results.items() if why for name in pair if name not in passed}
    cleared = _clear(suspects, passed, attempt, results)
    bad = {name: why for name, why in suspects.items() if name not in cleared}
    links = {pair: why for pair, why in results.items() if why is not None and not set(pair) & set(bad)}
    return Suspects(bad, links, frozenset({*passed, *cleared}))


def _clear(
    suspects: dict[str, str], passed: Sequence[str], attempt: TryRound, results: dict[Pair, str | None]
) -> set[str]:
    cleared: set[str] = set()
    waiting = list(suspects)
    while waiting and passed:
        tried = {(name, partner): name for name, partner in zip(waiting, passed, strict=False)}
        waiting = waiting[len(tried) :]
        found = attempt(list(tried))
        results |= found
        cleared |= {tried[pair] for pair, why in found.items() if why is None}
        suspects |= {tried[pair]: why for pair, why in found.items() if why is not None}
    return cleared


# Enough to cross the network in every dtype; a pair is not tried for its speed.
SMALL = (12, 1_000_012)


def find_bad(fleet: Sequence[Member], job: JobSpec, watch: Watch) -> Suspects:
    """Which node or link is bad, by jobs on pairs of nodes."""
    by_name = {here.name: here for here in fleet}
    small = replace(job, sizes=SMALL, iterations=1, rounds=1)

    def one(pair: Pair) -> str | None:
        verdict = examine([by_name[name] for name in pair], small)
        return None if verdict.outcome == "pass" else verdict.reasons[0]

    return find([here.name for here in fleet], _at_once(one, watch))


def find_slow(fleet: Sequence[Member], job: JobSpec, wanted: float, watch: Watch = silent) -> Suspects:
    """Which node or link is slow for that bus bandwidth in GB/s, by raw TCP between pairs of nodes."""
    by_name = {here.name: here for here in fleet}

    def one(pair: Pair) -> str | None:
        wire, lost = both_ways(by_name[pair[0]], by_name[pair[1]], job.ports[1])
        slow = [f"{way}: {wire[way]:.3f} GB/s of raw TCP" for way in slow_ways(wire, wanted)]
        return next(iter((*slow, *lost)), None)

    return find([here.name for here in fleet], _at_once(one, watch))


def _at_once(one: Callable[[Pair], str | None], watch: Watch) -> TryRound:
    def attempt(pairs: Sequence[Pair]) -> dict[Pair, str | None]:
        watch(f"{len(pairs)} pairs at once: {', '.join('-'.join(pair) for pair in pairs)}")
        with ThreadPoolExecutor(max_workers=max(1, len(pairs))) as pool:
            return dict(zip(pairs, pool.map(one, pairs), strict=True))

    return attempt
