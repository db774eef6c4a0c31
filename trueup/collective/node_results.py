"""What came back from the nodes of a job, and which problems it shows, whatever the job was; pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trueup.collective.job_problem import JobProblem, job_problem
from trueup.collective.job_spec import JobSpec
from trueup.collective.results import NodeOutput, RankResult
from trueup.outcome import CONVERGE_REMEDY

# torch 2.0.1, elastic/multiprocessing/errors: the report of a failed worker.
_DEATH = re.compile(r"rank\s*:\s*(\d+) \(local_rank: \d+\)\s+exitcode\s*:\s*-(\d+)")
# A launcher ends the peers of a failed rank with it.
_SIGTERM = "15"
_BUSY = "BusyError"


@dataclass(frozen=True)
class NodeResult:
    """The output of one node's agent, or the reason why there is none."""

    name: str
    """The node's name."""
    rc: int | None = None
    """Exit status of the agent."""
    out: str = ""
    """Its standard output: the records."""
    err: str = ""
    """Its standard error: whatever the libraries printed."""
    lost: str | None = None
    """Why nothing came back."""

    @property
    def ended_well(self) -> bool:
        """Whether the node's part ended by itself with status 0."""
        return self.rc == 0


def without_answer(results: Sequence[NodeResult], outputs: Mapping[str, NodeOutput]) -> list[JobProblem]:
    """Report nodes that did not answer, whose agent left no record, or that another job holds."""
    lost = [
        job_problem(
            result.name,
            "",
            expected="an answer",
            actual=result.lost,
            remedy="see whether the node runs and answers over ssh",
            message=f"{result.name}: {result.lost}",
        )
        for result in results
        if result.lost is not None
    ]
    return lost + [
        problem for result in results if result.lost is None for problem in _unstarted(result, outputs[result.name])
    ]


def _unstarted(result: NodeResult, output: NodeOutput) -> Iterator[JobProblem]:
    if not output.agents:
        actual = f"none (exit status {result.rc}): {_last_line(result.err)}"
        message = f"{result.name}: the job's agent left no record (exit status {result.rc}): {_last_line(result.err)}"
        expected = "a record of the job's agent"
        yield job_problem(
            result.name, "agent", expected=expected, actual=actual, remedy=CONVERGE_REMEDY, message=message
        )
    for agent in output.agents:
        if agent.error and _BUSY in agent.error:
            yield job_problem(
                result.name,
                "agent",
                expected="a node that no other collective job holds",
                actual=agent.error,
                remedy="wait for the other job, or end it",
                message=f"{result.name}: {agent.error}",
            )


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "nothing on standard error"


def failed_agents(outputs: Mapping[str, NodeOutput]) -> list[JobProblem]:
    """Report agents that ended with an error of their own."""
    return [
        job_problem(
            agent.node,
            "agent",
            expected="ranks that end well within the deadline",
            actual=agent.error,
            message=f"{agent.node}: {agent.error}",
        )
        for output in outputs.values()
        for agent in output.agents
        if agent.error and _BUSY not in agent.error
    ]


def deaths(results: Sequence[NodeResult]) -> list[JobProblem]:
    """Report ranks that were killed, except by the launcher."""
    return [
        job_problem(
            result.name,
            f"rank {rank}",
            expected="a process that ends by itself",
            actual=f"killed by signal {signal}",
            remedy="see the kernel log there: journalctl -k (the OOM killer sends signal 9)",
            message=f"{result.name}: the process of rank {rank} was killed by signal {signal}",
        )
        for result in results
        for rank, signal in _DEATH.findall(result.err)
        if signal != _SIGTERM
    ]


def failed_ranks(records: Sequence[RankResult]) -> list[JobProblem]:
    """Report ranks that ended with an error."""
    return [
        job_problem(
            record.node,
            f"rank {record.rank}",
            expected="all steps done",
            actual=record.error,
            message=f"{record.node}: rank {record.rank}: {record.error}",
        )
        for record in records
        if record.error
    ]


def missing(
    results: Sequence[NodeResult], job: JobSpec, records: Sequence[RankResult], outputs: Mapping[str, NodeOutput]
) -> list[JobProblem]:
    """Report torn records, ranks without a record or with two, and records of ranks that are not declared."""
    problems = [
        job_problem(
            name,
            "",
            expected="records that can be read",
            actual=line,
            message=f"{name}: a record cannot be read: {line}",
        )
        for name, output in outputs.items()
        for line in output.broken
    ]
    world = len(results) * job.ranks_per_node
    ranks = [record.rank for record in records]
    busy = any(_BUSY in str(agent.error) for output in outputs.values() for agent in output.agents)
    problems += [
        _miscounted(results[rank // job.ranks_per_node].name, rank, world, ranks.count(rank))
        for rank in range(0 if busy else world)
        if ranks.count(rank) != 1
    ]
    return problems + [
        job_problem(
            record.node,
            f"rank {record.rank}",
            expected=f"one of the {world} declared ranks",
            actual=f"rank {record.rank} of {record.world}",
            message=f"{record.node}: rank {record.rank} of {record.world} is none of the {world} declared",
        )
        for record in records
        if record.rank >= world
        or record.world != world
        or results[record.rank // job.ranks_per_node].name != record.node
    ]


def _miscounted(node: str, rank: int, world: int, count: int) -> JobProblem:
    sentence = f"rank {rank} left {count} records" if count else f"rank {rank} of {world} left no record"
    return job_problem(
        node, f"rank {rank}", expected="one record", actual=str(count or "none"), message=f"{node}: {sentence}"
    )


def unequal(records: Sequence[RankResult], job: JobSpec) -> list[JobProblem]:
    """Report versions and mapped libraries that differ between nodes, as far as the ranks recorded them."""
    problems = []
    complete = [record for record in records if record.torch is not None]
    for name in ("torch", "cuda", "nccl"):
        problems += _differing(name, [(record.node, str(getattr(record, name))) for record in complete])
    hashed = [record for record in complete if record.rank % job.ranks_per_node == 0]
    for name in sorted({name for record in hashed for name in record.sha256}):
        problems += _differing(
            f"the mapped {name}",
            [(r.node, f"{r.mapped.get(name)} sha256 {r.sha256.get(name, 'none')[:16]}") for r in hashed],
        )
    return problems


def _differing(subject: str, values: Sequence[tuple[str, str]]) -> list[JobProblem]:
    different = dict.fromkeys(value for _, value in values)
    if len(different) < 2:
        return []
    nodes = {value: ", ".join(dict.fromkeys(node for node, other in values if other == value)) for value in different}
    listed = "; ".join(f"{value} on {names}" for value, names in nodes.items())
    remedy = f"look for LD_PRELOAD and LD_LIBRARY_PATH there, then {CONVERGE_REMEDY}"
    message = f"{subject} differs between nodes: {listed}. {remedy}"
    return [job_problem("", subject, expected="the same on all nodes", actual=listed, remedy=remedy, message=message)]
