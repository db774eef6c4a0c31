"""The pairs of a larger fleet, tried as small jobs of their own, all disjoint ones at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from trueup.collective.examine import examine
from trueup.collective.launch import Watch, silent
from trueup.collective.pairs import Pair, Suspicion, TryRound, find
from trueup.collective.plan import Job, Member
from trueup.collective.raw import both_ways
from trueup.collective.speed import slow_ways

# Enough to cross the network in every dtype; a pair is not tried for its speed.
SMALL = (12, 1_000_012)


def find_bad(fleet: Sequence[Member], job: Job, watch: Watch) -> Suspicion:
    """Which node or link is bad, by jobs on pairs of nodes."""
    by_name = {here.name: here for here in fleet}
    small = replace(job, sizes=SMALL, iterations=1, rounds=1)

    def one(pair: Pair) -> str | None:
        verdict = examine([by_name[name] for name in pair], small)
        return None if verdict.outcome == "holds" else verdict.reasons[0]

    return find([here.name for here in fleet], _at_once(one, watch))


def find_slow(fleet: Sequence[Member], job: Job, wanted: float, watch: Watch = silent) -> Suspicion:
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
