"""What came back from the nodes of a job, and what is wrong with it whatever the job was; pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trueup.collective.job_spec import JobSpec
from trueup.collective.results import NodeOutput, RankResult

# torch 2.0.1, elastic/multiprocessing/errors: the report of a failed worker.
_DEATH = re.compile(r"rank\s*:\s*(\d+) \(local_rank: \d+\)\s+exitcode\s*:\s*-(\d+)")
UNEQUAL = "look for LD_PRELOAD and LD_LIBRARY_PATH there, then converge: pyinfra inventory.py deploy/site.py"


@dataclass(frozen=True)
class NodeResult:
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


def unlooked(runs: Sequence[NodeResult], written: dict[str, NodeOutput]) -> list[str]:
    """Nodes that did not answer, whose agent said nothing, or that another job holds."""
    lost = [f"{run.name}: {run.lost}" for run in runs if run.lost is not None]
    return lost + [line for run in runs if run.lost is None for line in _silent(run, written[run.name])]


def _silent(run: NodeResult, written: NodeOutput) -> list[str]:
    if not written.agents:
        return [f"{run.name}: the job's agent left no record (exit status {run.rc}): {_last_line(run.err)}"]
    return [f"{run.name}: {agent.error}" for agent in written.agents if agent.error and "BusyError" in agent.error]


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "nothing on standard error"


def failed(written: dict[str, NodeOutput]) -> list[str]:
    """What went wrong with the agents themselves."""
    agents = [agent for each in written.values() for agent in each.agents if agent.error]
    return [f"{agent.node}: {agent.error}" for agent in agents if "BusyError" not in str(agent.error)]


def deaths(runs: Sequence[NodeResult]) -> list[str]:
    """Ranks that were killed; SIGTERM is how a launcher ends the peers of a rank that failed, and no cause."""
    return [
        f"{run.name}: the process of rank {rank} was killed by signal {signal}"
        for run in runs
        for rank, signal in _DEATH.findall(run.err)
        if signal != "15"
    ]


def missing(
    runs: Sequence[NodeResult], job: JobSpec, records: Sequence[RankResult], written: dict[str, NodeOutput]
) -> list[str]:
    """Ranks without a record, with two, and records of ranks that nobody declared."""
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


def unequal(records: Sequence[RankResult], job: JobSpec) -> list[str]:
    """Versions and mapped libraries that differ between nodes, as far as the ranks came to say them."""
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
    return [f"{what} differs between nodes: {listed}. {UNEQUAL}"]
