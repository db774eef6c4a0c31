"""Hold a fleet's bandwidth to its links and its baseline, next to the raw TCP of the network."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from trueup.collective import bandwidth
from trueup.collective.bandwidth import BandwidthVerdict, both_directions
from trueup.collective.job_problem import JobProblem, job_problem
from trueup.collective.job_spec import JobSpec, Member
from trueup.collective.pair_bisection import find_slow, rounds
from trueup.collective.verdict import JobVerdict
from trueup.outcome import Outcome

CABLES = "compare the speed that both interfaces negotiated (ethtool), the cable and the switch's ports"
NETWORK_IS_FAST = "raw TCP is fast enough, so the network is not what is slow"


@dataclass(frozen=True)
class BandwidthCheck:
    """Everything that was measured for the verdict on bandwidth."""

    raw_tcp: dict[str, float] = field(default_factory=dict)
    """GB/s by "node1 -> node2"."""
    verdict: BandwidthVerdict | None = None
    """None where it was not evaluated."""
    notes: tuple[str, ...] = ()
    """What could not be measured, and where a baseline was recorded."""


def check_bandwidth(
    verdict: JobVerdict, fleet: Sequence[Member], job: JobSpec, folder: Path, rebaseline: bool = False
) -> tuple[JobVerdict, BandwidthCheck]:
    """Hold a verdict that passes also to the links and to the baseline in the folder."""
    if verdict.outcome is not Outcome.PASS:
        return verdict, BandwidthCheck()
    check = measure(fleet, job, verdict, folder, rebaseline)
    verdict = replace(verdict, notes=(*verdict.notes, *check.notes))
    if check.verdict is None or check.verdict.outcome is not Outcome.FAIL:
        return verdict, check
    expected = check.verdict.expected or 0.0
    suspects = find_slow(fleet, job, expected).problems() if len(fleet) > 2 else []
    problems = (*suspects, *_slow_network(expected, check.raw_tcp, fleet), _slow_collective(check, expected))
    return replace(verdict, outcome=Outcome.FAIL, problems=problems), check


def _slow_network(expected: float, raw_tcp: Mapping[str, float], fleet: Sequence[Member]) -> Iterator[JobProblem]:
    """Report the paths that are too slow without any collective."""
    declared = next((f"a link of {node.link_mbit} Mbit/s, as declared" for node in fleet if node.link_mbit), "")
    for path in bandwidth.slow_paths(raw_tcp, expected):
        node, _, peer = path.partition(" -> ")
        yield job_problem(
            node,
            "network",
            peer=peer,
            expected=declared or f"{expected:.3f} GB/s",
            actual=f"{raw_tcp[path]:.3f} GB/s ({raw_tcp[path] * 8000:.0f} Mbit/s) of raw TCP",
            remedy=CABLES,
        )


def _slow_collective(check: BandwidthCheck, expected: float) -> JobProblem:
    """Report the bandwidth itself, and whether the network is the cause."""
    reason = check.verdict.reason if check.verdict else ""
    innocent = check.raw_tcp and not bandwidth.slow_paths(check.raw_tcp, expected)
    return job_problem(
        "",
        "bandwidth",
        expected=f"{expected:.3f} GB/s",
        actual=reason,
        remedy="see what NCCL used (trueup allreduce --json, nccl)" if innocent else CABLES,
        message=f"too slow: {reason}" + (f"; {NETWORK_IS_FAST}" if innocent else ""),
    )


def measure(
    fleet: Sequence[Member], job: JobSpec, verdict: JobVerdict, folder: Path, rebaseline: bool
) -> BandwidthCheck:
    """Evaluate the verdict's bandwidth, time raw TCP, and record a first baseline in the folder."""
    raw_tcp, notes = _raw_tcp(fleet, job)
    addresses = {node.name: node.address for node in fleet}
    path = bandwidth.baseline_file(folder, addresses, job.backend, job.ranks_per_node)
    try:
        old = None if rebaseline else bandwidth.read_baseline(path)
    except bandwidth.BaselineError as error:
        return BandwidthCheck(raw_tcp, None, (*notes, str(error)))
    # On two nodes NCCL's own choice can exceed the wire; its ring cannot.
    rates = verdict.busbw(algorithm="ring") or verdict.busbw()
    link = min((node.link_mbit for node in fleet if node.link_mbit), default=None)
    largest = max(rates, default=0)
    evaluated = bandwidth.evaluate_bandwidth(rates, link, old.busbw.get(largest) if old else None)
    if evaluated.outcome is Outcome.FAIL or (old and largest in old.busbw):
        return BandwidthCheck(raw_tcp, evaluated, notes)
    _record(path, fleet, job, old, rates)
    return BandwidthCheck(raw_tcp, evaluated, (*notes, f"recorded as the baseline of this fleet: {path}"))


def _raw_tcp(fleet: Sequence[Member], job: JobSpec) -> tuple[dict[str, float], tuple[str, ...]]:
    """Time raw TCP in both directions of disjoint pairs, all pairs at once."""
    by_name = {node.name: node for node in fleet}
    pairs = [(by_name[a], by_name[b]) for a, b in rounds(list(by_name))[0]]
    with ThreadPoolExecutor(max_workers=len(pairs)) as pool:
        measured = list(pool.map(lambda pair: both_directions(pair[0], pair[1], job.ports[1]), pairs))
    rates = {path: rate for by_path, _ in measured for path, rate in by_path.items()}
    return rates, tuple(f"raw TCP was not measured: {reason}" for _, failures in measured for reason in failures)


def _record(
    path: Path,
    fleet: Sequence[Member],
    job: JobSpec,
    old: bandwidth.Baseline | None,
    rates: Mapping[int, tuple[float, ...]],
) -> None:
    means = {size: sum(by_round) / len(by_round) for size, by_round in rates.items()}
    baseline = bandwidth.Baseline(
        nodes=tuple(node.name for node in fleet),
        backend=job.backend,
        ranks_per_node=job.ranks_per_node,
        recorded=datetime.now(UTC).isoformat(timespec="seconds"),
        busbw={**(old.busbw if old else {}), **means},
    )
    bandwidth.write_baseline(path, baseline)
