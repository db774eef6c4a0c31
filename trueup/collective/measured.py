"""How fast the fleet is, beside what it was and what the bare network gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from trueup.collective import speed
from trueup.collective.plan import Job, Member
from trueup.collective.raw import NotMeasuredError, throughput
from trueup.collective.verdict import Verdict


@dataclass(frozen=True)
class Measured:
    """wire: GB/s of raw TCP by "node1 -> node2"; pace: the verdict on speed; notes: what could not be had."""

    wire: dict[str, float] = field(default_factory=dict)
    pace: speed.SpeedVerdict | None = None
    notes: tuple[str, ...] = ()


def measure(fleet: Sequence[Member], job: Job, verdict: Verdict, folder: Path, rebaseline: bool) -> Measured:
    """Judge the verdict's bandwidth, time the bare network, and record a first baseline in the folder."""
    wire, notes = _wire(fleet, job)
    path = speed.baseline_file(folder, [here.name for here in fleet], job.backend, job.ranks_per_node)
    try:
        old = None if rebaseline else speed.read_baseline(path)
    except speed.BaselineError as error:
        return Measured(wire, None, (*notes, str(error)))
    rates = verdict.busbw()
    link = min((here.link_mbit for here in fleet if here.link_mbit), default=None)
    largest = max(rates, default=0)
    pace = speed.judge_speed(rates, link, old.busbw.get(largest) if old else None)
    if pace.outcome == "fails" or (old and largest in old.busbw):
        return Measured(wire, pace, notes)
    _record(path, fleet, job, old, rates)
    return Measured(wire, pace, (*notes, f"recorded as the baseline of this fleet: {path}"))


def _wire(fleet: Sequence[Member], job: Job) -> tuple[dict[str, float], tuple[str, ...]]:
    wire: dict[str, float] = {}
    notes: tuple[str, ...] = ()
    for here, there in ((fleet[0], fleet[1]), (fleet[1], fleet[0])):
        try:
            wire[f"{here.name} -> {there.name}"] = throughput(here, there, job.ports[1])
        except NotMeasuredError as error:
            notes = (*notes, f"raw TCP was not measured: {error}")
    return wire, notes


def _record(
    path: Path,
    fleet: Sequence[Member],
    job: Job,
    old: speed.Baseline | None,
    rates: dict[int, tuple[float, ...]],
) -> None:
    means = {size: sum(each) / len(each) for size, each in rates.items()}
    fresh = speed.Baseline(
        nodes=tuple(here.name for here in fleet),
        backend=job.backend,
        ranks_per_node=job.ranks_per_node,
        recorded=datetime.now(UTC).isoformat(timespec="seconds"),
        busbw={**(old.busbw if old else {}), **means},
    )
    speed.write_baseline(path, fresh)
