"""How fast the fleet is, beside what it was and what the bare network gives."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from trueup.collective import bandwidth
from trueup.collective.bandwidth import both_ways
from trueup.collective.job_spec import JobSpec, Member
from trueup.collective.pair_bisection import find_slow, rounds
from trueup.collective.verdict import JobVerdict


@dataclass(frozen=True)
class BandwidthCheck:
    """wire: GB/s of raw TCP by "node1 -> node2"; pace: the verdict on speed; notes: what could not be had."""

    wire: dict[str, float] = field(default_factory=dict)
    pace: bandwidth.SpeedVerdict | None = None
    notes: tuple[str, ...] = ()


def held_to_pace(
    verdict: JobVerdict, fleet: Sequence[Member], job: JobSpec, folder: Path, rebaseline: bool = False
) -> tuple[JobVerdict, BandwidthCheck]:
    """A verdict that holds, held also to the link and to the baseline in the folder."""
    if verdict.outcome != "pass":
        return verdict, BandwidthCheck()
    measured = measure(fleet, job, verdict, folder, rebaseline)
    verdict = replace(verdict, notes=(*verdict.notes, *measured.notes))
    pace = measured.pace
    if pace is None or pace.outcome != "fails":
        return verdict, measured
    bad = find_slow(fleet, job, pace.wanted or 0.0).lines() if len(fleet) > 2 else []
    reasons = (*bad, *_too_slow(pace, measured.wire, fleet))
    return replace(verdict, outcome="fail", reasons=reasons), measured


def _too_slow(pace: bandwidth.SpeedVerdict, wire: dict[str, float], fleet: Sequence[Member]) -> tuple[str, ...]:
    """Whether the network is slow, or the collective on a network that is not."""
    slow = bandwidth.slow_ways(wire, pace.wanted or 0.0)
    link = next((f"a link of {here.link_mbit} Mbit/s, as declared" for here in fleet if here.link_mbit), "")
    remedy = "compare the speed that both interfaces negotiated (ethtool), the cable and the switch's ports"
    network = [
        f"{way}: network: wanted {link or f'{pace.wanted:.3f} GB/s'}, found {wire[way]:.3f} GB/s "
        f"({wire[way] * 8000:.0f} Mbit/s) of raw TCP. {remedy}"
        for way in slow
    ]
    rest = "" if slow or not wire else "; raw TCP is fast enough, so the network is not what is slow"
    return (*network, f"too slow: {pace.why}{rest}")


def measure(
    fleet: Sequence[Member], job: JobSpec, verdict: JobVerdict, folder: Path, rebaseline: bool
) -> BandwidthCheck:
    """Judge the verdict's bandwidth, time the bare network, and record a first baseline in the folder."""
    wire, notes = _wire(fleet, job)
    nodes = {here.name: here.address for here in fleet}
    path = bandwidth.baseline_file(folder, nodes, job.backend, job.ranks_per_node)
    try:
        old = None if rebaseline else bandwidth.read_baseline(path)
    except bandwidth.BaselineError as error:
        return BandwidthCheck(wire, None, (*notes, str(error)))
    # On two nodes NCCL's own choice can exceed the wire; its ring cannot.
    rates = verdict.busbw(algorithm="ring") or verdict.busbw()
    link = min((here.link_mbit for here in fleet if here.link_mbit), default=None)
    largest = max(rates, default=0)
    pace = bandwidth.judge_speed(rates, link, old.busbw.get(largest) if old else None)
    if pace.outcome == "fails" or (old and largest in old.busbw):
        return BandwidthCheck(wire, pace, notes)
    _record(path, fleet, job, old, rates)
    return BandwidthCheck(wire, pace, (*notes, f"recorded as the baseline of this fleet: {path}"))


def _wire(fleet: Sequence[Member], job: JobSpec) -> tuple[dict[str, float], tuple[str, ...]]:
    """Raw TCP both ways of disjoint pairs, all pairs at once."""
    by_name = {here.name: here for here in fleet}
    pairs = [(by_name[a], by_name[b]) for a, b in rounds(list(by_name))[0]]
    with ThreadPoolExecutor(max_workers=len(pairs)) as pool:
        found = list(pool.map(lambda pair: both_ways(pair[0], pair[1], job.ports[1]), pairs))
    wire = {way: rate for each, _ in found for way, rate in each.items()}
    return wire, tuple(f"raw TCP was not measured: {why}" for _, lost in found for why in lost)


def _record(
    path: Path,
    fleet: Sequence[Member],
    job: JobSpec,
    old: bandwidth.Baseline | None,
    rates: dict[int, tuple[float, ...]],
) -> None:
    means = {size: sum(each) / len(each) for size, each in rates.items()}
    fresh = bandwidth.Baseline(
        nodes=tuple(here.name for here in fleet),
        backend=job.backend,
        ranks_per_node=job.ranks_per_node,
        recorded=datetime.now(UTC).isoformat(timespec="seconds"),
        busbw={**(old.busbw if old else {}), **means},
    )
    bandwidth.write_baseline(path, fresh)
