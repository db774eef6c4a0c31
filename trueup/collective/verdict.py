"""Evaluate everything that the nodes of a job sent back; pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from trueup.collective import node_results
from trueup.collective.job_problem import JobProblem, job_problem
from trueup.collective.job_spec import JobSpec
from trueup.collective.node.collectives import OPERATIONS
from trueup.collective.node_results import NodeResult
from trueup.collective.results import AgentRecord, RankRecord, RankResult, TrainRecord, read
from trueup.outcome import Outcome

R = TypeVar("R", bound=RankResult)

# Errors of a rank whose peer was the cause: they come last in the list of problems.
_CONSEQUENCE = re.compile(r"was told to end|the deadline|closed by peer|reset by peer|Broken pipe|Socket closed", re.I)


@dataclass(frozen=True)
class JobVerdict:
    """The outcome of one job over all nodes, with everything that the nodes recorded."""

    outcome: Outcome
    """Unknown wins over fail."""
    problems: tuple[JobProblem, ...] = ()
    """Why the job fails or is unknown, the likeliest cause first."""
    records: tuple[RankRecord, ...] = ()
    """Records of the collective, by rank."""
    notes: tuple[str, ...] = ()
    """States that are no fault and may explain one."""
    seconds: float = 0.0
    """Wall time of the job."""
    logs: tuple[tuple[str, str], ...] = ()
    """(node, what its ranks printed)."""
    trained: tuple[TrainRecord, ...] = ()
    """Records of a training step, by rank."""
    lost: tuple[str, ...] = ()
    """Nodes that did not answer."""
    agents: tuple[AgentRecord, ...] = ()
    """One record of each node's agent."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """The problems as sentences."""
        return tuple(map(str, self.problems))

    def busbw(self, operation: str = "all_reduce", algorithm: str = "own") -> dict[int, tuple[float, ...]]:
        """Return the slowest rank's bus bandwidth in GB/s of each round, by size in bytes."""
        slowest: dict[tuple[int, int], float] = {}
        for record in self.records:
            for timing in record.timings:
                if (timing.operation, timing.algorithm) == (operation, algorithm):
                    key = timing.size, timing.round
                    slowest[key] = min(timing.busbw, slowest.get(key, timing.busbw))
        sizes = sorted({size for size, _ in slowest})
        return {size: tuple(rate for (s, _), rate in sorted(slowest.items()) if s == size) for size in sizes}


def conclude(
    results: Sequence[NodeResult],
    job: JobSpec,
    kind: type[R],
    problems_of: Callable[[Sequence[R]], Iterable[JobProblem]],
    equal: bool = True,
) -> tuple[Outcome, tuple[JobProblem, ...], tuple[R, ...]]:
    """Return outcome, problems and the records of one kind by rank.

    Args:
        results: What came back, by node in the order of ranks.
        job: What was launched.
        kind: The records to evaluate.
        problems_of: Finds the problems of ranks that ended well.
        equal: Whether nodes must have equal libraries; a difference precedes what followed from it.
    """
    outputs = {result.name: read(result.out) for result in results}
    unanswered = node_results.without_answer(results, outputs)
    matching = [record for output in outputs.values() for record in output.ranks if isinstance(record, kind)]
    records = tuple(sorted(matching, key=lambda record: record.rank))
    failures = sorted(
        [
            *node_results.deaths(results),
            *node_results.failed_agents(outputs),
            *node_results.missing(results, job, records, outputs),
            *node_results.failed_ranks(records),
            *problems_of([record for record in records if not record.error]),
        ],
        key=lambda problem: bool(_CONSEQUENCE.search(problem.message)),
    )
    unequal = node_results.unequal(records, job) if equal else []
    problems = tuple(dict.fromkeys([*unanswered, *unequal, *failures]))
    outcome = Outcome.UNKNOWN if unanswered else Outcome.FAIL if problems else Outcome.PASS
    return outcome, problems, records


def evaluate(
    results: Sequence[NodeResult], job: JobSpec, notes: tuple[str, ...] = (), seconds: float = 0.0
) -> JobVerdict:
    """Return one verdict on the collective over all nodes, in the order of their ranks."""
    outcome, problems, records = conclude(
        results, job, RankRecord, lambda found: [line for record in found for line in _rank_problems(record, job)]
    )
    return JobVerdict(outcome, problems, records, notes, seconds, **node_fields(results))


def node_fields(results: Sequence[NodeResult]) -> dict[str, Any]:
    """Return the fields of a verdict that do not depend on the job."""
    lost = tuple(result.name for result in results if result.lost is not None)
    agents = tuple(agent for result in results for agent in read(result.out).agents)
    return {"logs": tuple((result.name, result.err) for result in results), "lost": lost, "agents": agents}


def _rank_problems(record: RankRecord, job: JobSpec) -> Iterator[JobProblem]:
    rank = f"{record.node}: rank {record.rank}"
    if record.backend != job.backend:
        message = f"{rank}: ran on {record.backend}, declared is {job.backend}"
        yield _of_rank(record, expected=f"backend {job.backend}", actual=record.backend, message=message)
    for check in record.checks:
        if check.outcome == "wrong":
            name = f"{check.operation} {check.dtype} of {check.count} elements"
            message = f"{rank}: {name} is wrong: {check.why}"
            yield _of_rank(record, expected=f"an exact {name}", actual=str(check.why), message=message)
    yield from _unchecked(record, job, rank)
    yield from _untimed(record, job, rank)


def _of_rank(record: RankRecord, *, expected: str, actual: str, message: str) -> JobProblem:
    return job_problem(record.node, f"rank {record.rank}", expected=expected, actual=actual, message=message)


def _unchecked(record: RankRecord, job: JobSpec, rank: str) -> Iterator[JobProblem]:
    due = {(operation, dtype, size) for operation in OPERATIONS for dtype in job.dtypes for size in job.sizes}
    for operation, dtype, size in sorted(due - {(check.operation, check.dtype, check.size) for check in record.checks}):
        name = f"{operation} {dtype} of {size} B"
        yield _of_rank(
            record, expected=f"{name} checked", actual="no such check", message=f"{rank}: never checked {name}"
        )
    if not any(check.outcome == "exact" for check in record.checks):
        yield _of_rank(
            record, expected="at least one exact result", actual="none", message=f"{rank}: has no exact result"
        )


def _untimed(record: RankRecord, job: JobSpec, rank: str) -> Iterator[JobProblem]:
    # NCCL chooses an algorithm by itself, and its ring is what measures the network.
    algorithms = ("own", "ring") if job.backend == "nccl" else ("own",)
    timed = {(timing.operation, timing.size, timing.algorithm) for timing in record.timings if timing.seconds > 0}
    for size in job.sizes if "all_reduce" in job.timed else ():
        for algorithm in algorithms:
            if ("all_reduce", size, algorithm) not in timed:
                name = f"all_reduce of {size} B" + (" in a ring" if algorithm == "ring" else "")
                message = f"{rank}: never timed {name}"
                yield _of_rank(record, expected=f"{name} timed", actual="no timing", message=message)
