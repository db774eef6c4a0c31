"""Find the bad node or link of a larger fleet by small jobs on disjoint pairs, all at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from trueup.collective.bandwidth import both_directions, slow_paths
from trueup.collective.job_problem import JobProblem, job_problem
from trueup.collective.job_spec import JobSpec, Member
from trueup.collective.launch import Watch, silent
from trueup.collective.run import examine
from trueup.outcome import Outcome

Pair = tuple[str, str]
# Enough for every pair of 16 nodes; of more nodes the diagnostics name a bad link.
MOST_ROUNDS = 15
# Runs all pairs of a round at once; None for a pair that passes, else the reason.
TryRound = Callable[[Sequence[Pair]], dict[Pair, str | None]]


def rounds(names: Sequence[str]) -> list[list[Pair]]:
    """Return every pair once, in the fewest rounds of disjoint pairs: the circle method of a tournament."""
    seats: list[str | None] = [*names, *([None] if len(names) % 2 else [])]
    schedule = []
    for _ in range(max(0, len(seats) - 1)):
        half = len(seats) // 2
        opposite = [(a, b) for a, b in zip(seats[:half], reversed(seats[half:]), strict=True)]
        schedule.append([(a, b) for a, b in opposite if a is not None and b is not None])
        seats = [seats[0], seats[-1], *seats[1:-1]]
    return schedule


@dataclass(frozen=True)
class Suspects:
    """The nodes and links that fail."""

    nodes: dict[str, str]
    """Reason by node that fails with every partner tried."""
    links: dict[Pair, str]
    """Reason by pair that fails although each end passes with another node."""
    passed: frozenset[str]
    """Nodes that passed with some partner."""

    def problems(self) -> list[JobProblem]:
        """Return one problem for each suspect."""
        bad = [
            job_problem(
                name,
                "pairs",
                expected="a job that passes with another node",
                actual=reason,
                message=f"{name}: the node fails with every partner tried: {reason}",
            )
            for name, reason in self.nodes.items()
        ]
        return bad + [
            job_problem(
                a,
                "pairs",
                peer=b,
                expected="a job that passes between two nodes that pass with others",
                actual=reason,
                message=f"{a} -> {b}: the link between them fails, both pass with others: {reason}",
            )
            for (a, b), reason in self.links.items()
        ]


def find(names: Sequence[str], attempt: TryRound) -> Suspects:
    """Try disjoint pairs until a round fails; pair the suspects again, each with a node that passed.

    Where no node passed, no suspect can be cleared.
    """
    results: dict[Pair, str | None] = {}
    for pairs in rounds(names)[:MOST_ROUNDS]:
        results |= attempt(pairs)
        # Of an odd number one sits out: the others may all fail with the one bad node, and still be good.
        if any(results.values()) and (None in results.values() or len(names) % 2 == 0):
            break
    passed = list(dict.fromkeys(name for pair, reason in results.items() if reason is None for name in pair))
    suspects = {name: reason for pair, reason in results.items() if reason for name in pair if name not in passed}
    cleared = _clear(suspects, passed, attempt, results)
    bad = {name: reason for name, reason in suspects.items() if name not in cleared}
    links = {pair: reason for pair, reason in results.items() if reason is not None and not set(pair) & set(bad)}
    return Suspects(bad, links, frozenset({*passed, *cleared}))


def _clear(
    suspects: dict[str, str], passed: Sequence[str], attempt: TryRound, results: dict[Pair, str | None]
) -> set[str]:
    cleared: set[str] = set()
    waiting = list(suspects)
    while waiting and passed:
        suspect_of = {(name, partner): name for name, partner in zip(waiting, passed, strict=False)}
        waiting = waiting[len(suspect_of) :]
        outcomes = attempt(list(suspect_of))
        results |= outcomes
        cleared |= {suspect_of[pair] for pair, reason in outcomes.items() if reason is None}
        suspects |= {suspect_of[pair]: reason for pair, reason in outcomes.items() if reason is not None}
    return cleared


# Enough to cross the network in every dtype; a pair is not tried for its speed.
SMALL = (12, 1_000_012)


def find_bad(fleet: Sequence[Member], job: JobSpec, watch: Watch) -> Suspects:
    """Find the bad node or link by jobs on pairs of nodes."""
    by_name = {node.name: node for node in fleet}
    small = replace(job, sizes=SMALL, iterations=1, rounds=1)

    def try_pair(pair: Pair) -> str | None:
        verdict = examine([by_name[name] for name in pair], small)
        return None if verdict.outcome is Outcome.PASS else verdict.reasons[0]

    return find([node.name for node in fleet], _at_once(try_pair, watch))


def find_slow(fleet: Sequence[Member], job: JobSpec, expected: float, watch: Watch = silent) -> Suspects:
    """Find the slow node or link for that bus bandwidth in GB/s, by raw TCP between pairs of nodes."""
    by_name = {node.name: node for node in fleet}

    def try_pair(pair: Pair) -> str | None:
        raw_tcp, failures = both_directions(by_name[pair[0]], by_name[pair[1]], job.ports[1])
        slow = [f"{path}: {raw_tcp[path]:.3f} GB/s of raw TCP" for path in slow_paths(raw_tcp, expected)]
        return next(iter((*slow, *failures)), None)

    return find([node.name for node in fleet], _at_once(try_pair, watch))


def _at_once(try_pair: Callable[[Pair], str | None], watch: Watch) -> TryRound:
    def attempt(pairs: Sequence[Pair]) -> dict[Pair, str | None]:
        watch(f"{len(pairs)} pairs at once: {', '.join('-'.join(pair) for pair in pairs)}")
        with ThreadPoolExecutor(max_workers=max(1, len(pairs))) as pool:
            return dict(zip(pairs, pool.map(try_pair, pairs), strict=True))

    return attempt
