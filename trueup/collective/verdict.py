"""The judgement over everything that the nodes sent back; pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from trueup.collective import node_results as came_back
from trueup.collective.job_spec import JobSpec
from trueup.collective.node.collectives import OPERATIONS
from trueup.collective.node_results import NodeResult
from trueup.collective.results import AgentRecord, RankRecord, RankResult, TrainRecord, read

Outcome = Literal["pass", "fail", "unknown"]
R = TypeVar("R", bound=RankResult)

# What a rank says when another one was the cause: it comes after the others in the list of reasons.
_FOLLOWS = re.compile(r"was told to end|the deadline|closed by peer|reset by peer|Broken pipe|Socket closed", re.I)


@dataclass(frozen=True)
class JobVerdict:
    """reasons: why it does not hold or could not be looked at, the likeliest cause first; seconds: in all.

    records: of the collective; trained: of a training step; logs: what the ranks of each node printed; lost: nodes
    that did not answer.
    """

    outcome: Outcome
    reasons: tuple[str, ...]
    records: tuple[RankRecord, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    logs: tuple[tuple[str, str], ...] = ()
    trained: tuple[TrainRecord, ...] = ()
    lost: tuple[str, ...] = ()
    agents: tuple[AgentRecord, ...] = ()

    def busbw(self, operation: str = "all_reduce", algorithm: str = "own") -> dict[int, tuple[float, ...]]:
        """Bus bandwidth in GB/s of each round, by size in bytes: the slowest rank's."""
        slowest: dict[tuple[int, int], float] = {}
        for record in self.records:
            for timing in record.timings:
                if (timing.operation, timing.algorithm) == (operation, algorithm):
                    key = timing.size, timing.round
                    slowest[key] = min(timing.busbw, slowest.get(key, timing.busbw))
        sizes = sorted({size for size, _ in slowest})
        return {size: tuple(rate for (s, _), rate in sorted(slowest.items()) if s == size) for size in sizes}


def conclude(
    runs: Sequence[NodeResult],
    job: JobSpec,
    kind: type[R],
    look: Callable[[Sequence[R]], list[str]],
    equal: bool = True,
) -> tuple[Outcome, tuple[str, ...], tuple[R, ...]]:
    """Outcome, reasons and the records of that kind by rank. What could not be looked at wins.

    look: what is wrong with the records of ranks that ended well; equal: whether nodes must be, which then comes
    before whatever followed from it.
    """
    written = {run.name: read(run.out) for run in runs}
    unlooked = came_back.unlooked(runs, written)
    found = [record for each in written.values() for record in each.ranks if isinstance(record, kind)]
    records = tuple(sorted(found, key=lambda record: record.rank))
    broken = sorted(
        [
            *came_back.deaths(runs),
            *came_back.failed(written),
            *came_back.missing(runs, job, records, written),
            *(f"{each.node}: rank {each.rank}: {each.error}" for each in records if each.error),
            *look([record for record in records if not record.error]),
        ],
        key=lambda line: bool(_FOLLOWS.search(line)),
    )
    differ = came_back.unequal(records, job) if equal else []
    reasons = tuple(dict.fromkeys([*unlooked, *differ, *broken]))
    return "unknown" if unlooked else "fail" if reasons else "pass", reasons, records


def judge(runs: Sequence[NodeResult], job: JobSpec, notes: tuple[str, ...] = (), seconds: float = 0.0) -> JobVerdict:
    """One verdict on the collective over all nodes, in the order of their ranks."""
    outcome, reasons, records = conclude(
        runs, job, RankRecord, lambda found: [line for record in found for line in _rank_reasons(record, job)]
    )
    return JobVerdict(outcome, reasons, records, notes, seconds, **of_nodes(runs))


def of_nodes(runs: Sequence[NodeResult]) -> dict[str, Any]:
    """What a verdict keeps of the nodes whatever the job was."""
    lost = tuple(run.name for run in runs if run.lost is not None)
    agents = tuple(agent for run in runs for agent in read(run.out).agents)
    return {"logs": tuple((run.name, run.err) for run in runs), "lost": lost, "agents": agents}


def _rank_reasons(record: RankRecord, job: JobSpec) -> list[str]:
    who = f"{record.node}: rank {record.rank}"
    lines = []
    if record.backend != job.backend:
        lines.append(f"{who}: ran on {record.backend}, declared is {job.backend}")
    lines += [
        f"{who}: {check.operation} {check.dtype} of {check.count} elements is wrong: {check.why}"
        for check in record.checks
        if check.outcome == "wrong"
    ]
    return lines + _unmeasured(record, job, who)


def _unmeasured(record: RankRecord, job: JobSpec, who: str) -> list[str]:
    asked = {(o, d, s) for o in OPERATIONS for d in job.dtypes for s in job.sizes}
    missing = sorted(asked - {(check.operation, check.dtype, check.size) for check in record.checks})
    lines = [f"{who}: never looked at {o} {d} of {s} B" for o, d, s in missing]
    if not any(check.outcome == "exact" for check in record.checks):
        lines.append(f"{who}: looked at nothing")
    # NCCL chooses an algorithm by itself, and its ring is what measures the network.
    ways = ("own", "ring") if job.backend == "nccl" else ("own",)
    timed = {(timing.operation, timing.size, timing.algorithm) for timing in record.timings if timing.seconds > 0}
    return lines + [
        f"{who}: never timed all_reduce of {size} B" + (" in a ring" if way == "ring" else "")
        for size in job.sizes
        for way in ways
        if "all_reduce" in job.timed and ("all_reduce", size, way) not in timed
    ]
