"""The judgement over everything that the nodes sent back; pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from trueup.collective.operations import OPERATIONS
from trueup.collective.plan import Job
from trueup.collective.records import RankRecord, Written, read

Outcome = Literal["holds", "does-not-hold", "could-not-look"]

# What a rank says when another one was the cause: it comes after the others in the list of reasons.
_FOLLOWS = re.compile(r"was told to end|the deadline|closed by peer|reset by peer|Broken pipe|Socket closed", re.I)
# torch 2.0.1, elastic/multiprocessing/errors: the report of a failed worker.
_DEATH = re.compile(r"rank\s*:\s*(\d+) \(local_rank: \d+\)\s+exitcode\s*:\s*-(\d+)")


@dataclass(frozen=True)
class NodeRun:
    """What came back from one node; lost: why nothing did."""

    name: str
    rc: int | None = None
    out: str = ""
    err: str = ""
    lost: str | None = None

    @property
    def well(self) -> bool:
        """Whether the node's part ended by itself, and well."""
        return self.rc == 0


@dataclass(frozen=True)
class Verdict:
    """reasons: why it does not hold or could not be looked at, the likeliest cause first; seconds: in all."""

    outcome: Outcome
    reasons: tuple[str, ...]
    records: tuple[RankRecord, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    logs: tuple[tuple[str, str], ...] = ()

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


def judge(runs: Sequence[NodeRun], job: Job, notes: tuple[str, ...] = (), seconds: float = 0.0) -> Verdict:
    """One verdict over all nodes, in the order of their ranks. What could not be looked at wins."""
    lost = [f"{run.name}: {run.lost}" for run in runs if run.lost is not None]
    written = {run.name: read(run.out) for run in runs}
    unlooked = lost + [line for run in runs if run.lost is None for line in _agent_silent(run, written[run.name])]
    records = tuple(sorted((r for w in written.values() for r in w.ranks), key=lambda r: r.rank))
    agents = [line for run in runs for line in _agent_reasons(written[run.name])]
    broken = sorted(
        [
            *_deaths(runs),
            *_agent_lines(agents),
            *_present(runs, job, records, written),
            *_rank_reasons(records, job),
        ],
        key=lambda line: bool(_FOLLOWS.search(line)),
    )
    broken += _unequal(records, job)
    outcome: Outcome = "could-not-look" if unlooked else "does-not-hold" if broken else "holds"
    logs = tuple((run.name, run.err) for run in runs)
    return Verdict(outcome, tuple(dict.fromkeys(unlooked + broken)), records, notes, seconds, logs)


def _agent_silent(run: NodeRun, written: Written) -> list[str]:
    if not written.agents:
        return [f"{run.name}: the job's agent left no record (exit status {run.rc}): {_last_line(run.err)}"]
    return [f"{run.name}: {agent.error}" for agent in written.agents if agent.error and "BusyError" in agent.error]


def _agent_lines(lines: Iterable[str]) -> list[str]:
    return [line for line in lines if "BusyError" not in line]


def _agent_reasons(written: Written) -> list[str]:
    return [f"{agent.node}: {agent.error}" for agent in written.agents if agent.error]


def _deaths(runs: Sequence[NodeRun]) -> list[str]:
    # SIGTERM is how torchrun ends the peers of a rank that failed: no cause.
    return [
        f"{run.name}: the process of rank {rank} was killed by signal {signal}"
        for run in runs
        for rank, signal in _DEATH.findall(run.err)
        if signal != "15"
    ]


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "nothing on standard error"


def _present(
    runs: Sequence[NodeRun], job: Job, records: Sequence[RankRecord], written: dict[str, Written]
) -> list[str]:
    lines = [f"{name}: a record cannot be read: {line}" for name, w in written.items() for line in w.broken]
    world = len(runs) * job.ranks_per_node
    found = [record.rank for record in records]
    busy = any("BusyError" in str(agent.error) for each in written.values() for agent in each.agents)
    for rank in range(0 if busy else world):
        node = runs[rank // job.ranks_per_node].name
        if rank not in found:
            lines.append(f"{node}: rank {rank} of {world} left no record")
        elif found.count(rank) > 1:
            lines.append(f"{node}: rank {rank} left {found.count(rank)} records")
    for record in records:
        at = record.rank // job.ranks_per_node
        if record.rank >= world or record.world != world or runs[at].name != record.node:
            lines.append(f"{record.node}: rank {record.rank} of {record.world} is none of the {world} declared")
    return lines


def _rank_reasons(records: Sequence[RankRecord], job: Job) -> list[str]:
    lines = []
    for record in records:
        who = f"{record.node}: rank {record.rank}"
        if record.error:
            lines.append(f"{who}: {record.error}")
            continue
        if record.backend != job.backend:
            lines.append(f"{who}: ran on {record.backend}, declared is {job.backend}")
        lines += [
            f"{who}: {check.operation} {check.dtype} of {check.count} elements is wrong: {check.why}"
            for check in record.checks
            if check.outcome == "wrong"
        ]
        lines += _unmeasured(record, job, who)
    return lines


def _unmeasured(record: RankRecord, job: Job, who: str) -> list[str]:
    asked = {(o, d, s) for o in OPERATIONS for d in job.dtypes for s in job.sizes}
    missing = sorted(asked - {(check.operation, check.dtype, check.size) for check in record.checks})
    lines = [f"{who}: never looked at {o} {d} of {s} B" for o, d, s in missing]
    if not any(check.outcome == "exact" for check in record.checks):
        lines.append(f"{who}: looked at nothing")
    timed = {(timing.operation, timing.size) for timing in record.timings if timing.seconds > 0}
    return lines + [
        f"{who}: never timed all_reduce of {size} B"
        for size in job.sizes
        if "all_reduce" in job.timed and ("all_reduce", size) not in timed
    ]


def _unequal(records: Sequence[RankRecord], job: Job) -> list[str]:
    lines = []
    whole = [record for record in records if record.torch is not None]
    for what in ("torch", "cuda", "nccl"):
        lines += _differ(what, [(record.node, str(getattr(record, what))) for record in whole])
    hashed = [record for record in whole if record.rank % job.ranks_per_node == 0]
    for name in sorted({name for record in hashed for name in record.sha256}):
        lines += _differ(
            f"the mapped {name}",
            [(r.node, f"{r.mapped.get(name)} sha256 {r.sha256.get(name, 'none')[:16]}") for r in hashed],
        )
    return lines


def _differ(what: str, found: Sequence[tuple[str, str]]) -> list[str]:
    values = dict.fromkeys(value for _, value in found)
    if len(values) < 2:
        return []
    listed = "; ".join(f"{value} on {', '.join(dict.fromkeys(n for n, v in found if v == value))}" for value in values)
    return [f"{what} differs between nodes: {listed}"]
