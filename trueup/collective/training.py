"""Run and evaluate the training step; nodes are ordered by the hostfile."""

import re
import time
from collections.abc import Sequence
from math import isclose

from trueup.collective.job_problem import JobProblem, job_problem
from trueup.collective.job_spec import JobSpec, Member
from trueup.collective.launch import JobNotStarted, Output, Port, Watch, silent, start_all
from trueup.collective.node.training_job import STEPS
from trueup.collective.node_results import NodeResult
from trueup.collective.results import TrainRecord
from trueup.collective.verdict import JobVerdict, conclude, node_fields
from trueup.declaration import HOSTFILE
from trueup.outcome import CONVERGE_REMEDY

# float32 sums in another order differ by 1e-6; three steps of Adam let it grow a little.
TOLERANCE = 1e-4
READ_S = 15


class HostfileError(JobNotStarted):
    """The hostfile does not name the nodes."""


def _hostfile_error(node: str, expected: str, actual: str) -> HostfileError:
    return HostfileError(
        job_problem(node, "hostfile", expected=expected, actual=actual, remedy=f"{CONVERGE_REMEDY}, which writes it")
    )


def in_order(text: str, members: Sequence[Member]) -> tuple[Member, ...]:
    """Return the members in the hostfile's order, which is DeepSpeed's order of ranks; raises HostfileError."""
    named = re.findall(r"^(\S+)\s+slots=\d+", text, re.M)
    by_name = {node.name: node for node in members}
    lacking = sorted(set(by_name) - set(named))
    if lacking:
        raise _hostfile_error("", f"{', '.join(lacking)} in {HOSTFILE}", str(named))
    return tuple(by_name[name] for name in dict.fromkeys(named) if name in by_name)


def read_hostfile(member: Member) -> str:
    """Read the hostfile of a node; raises HostfileError where there is none, ShellError."""
    result = member.shell.submit(f"cat {HOSTFILE}", timeout=READ_S).result(2 * READ_S)
    if not result.ok:
        raise _hostfile_error(member.name, HOSTFILE, result.err_text.strip())
    return result.text


def train(
    members: Sequence[Member], job: JobSpec, port: Port, watch: Watch = silent, on_output: Output | None = None
) -> JobVerdict:
    """Run the training step and evaluate it; the members must be in the hostfile's order."""
    since = time.monotonic()
    results = start_all(members, job, port, watch, on_output)
    return evaluate_training(results, job, time.monotonic() - since)


def evaluate_training(results: Sequence[NodeResult], job: JobSpec, seconds: float = 0.0) -> JobVerdict:
    """Return the verdict: every rank must compute what one process computes, and all of them the same."""
    world = len(results) * job.ranks_per_node
    # Whether nodes are equal is the collective's question; here it is whether they learn the same.
    outcome, problems, records = conclude(
        results, job, TrainRecord, lambda found: _problems(found, job, world), equal=False
    )
    return JobVerdict(outcome, problems, trained=records, seconds=seconds, **node_fields(results))


def _problems(records: Sequence[TrainRecord], job: JobSpec, world: int) -> list[JobProblem]:
    declared = f"{job.backend} at ZeRO stage {job.stage}"
    problems = [
        _of_rank(
            record,
            expected=declared,
            actual=f"{record.backend} at ZeRO stage {record.stage}",
            sentence=f"trained on {record.backend} at ZeRO stage {record.stage}, "
            f"declared is {job.backend} at {job.stage}",
        )
        for record in records
        if (record.backend, record.stage) != (job.backend, job.stage)
    ]
    problems += [
        _of_rank(
            record,
            expected=f"{STEPS} steps with {world} ranks",
            actual=f"{len(record.losses)} steps, of {[len(row) for row in record.single_process]} ranks by one process",
            sentence=f"took {len(record.losses)} steps, expected {STEPS} with {world} ranks",
        )
        for record in records
        if len(record.losses) != STEPS or [world] * STEPS != [len(row) for row in record.single_process]
    ]
    return problems or [*_odd_ranks(records), *_first_divergence(records)]


def _of_rank(record: TrainRecord, *, expected: str, actual: str, sentence: str, remedy: str = "") -> JobProblem:
    subject = f"rank {record.rank}"
    message = f"{record.node}: {subject}: {sentence}"
    return job_problem(record.node, subject, expected=expected, actual=actual, remedy=remedy, message=message)


def _common(records: Sequence[TrainRecord]) -> TrainRecord:
    """Return the rank that most others agree with on what one process computes."""
    return max(records, key=lambda one: sum(_close(one.single_process, other.single_process) for other in records))


def _odd_ranks(records: Sequence[TrainRecord]) -> list[JobProblem]:
    """Report ranks that compute something else even alone."""
    common = _common(records).single_process if records else ()
    return [
        _of_rank(
            record,
            expected=f"losses of step 1 as on most ranks: {_short(common[0])}",
            actual=f"{_short(record.single_process[0])}, without any network",
            remedy=f"check that GPU, then {CONVERGE_REMEDY}",
            sentence="computes something else than most ranks, without any network: losses of step 1 "
            f"{_short(record.single_process[0])}, elsewhere {_short(common[0])}. Check its GPU, then {CONVERGE_REMEDY}",
        )
        for record in records
        if not _close(record.single_process, common)
    ]


def _first_divergence(records: Sequence[TrainRecord]) -> list[JobProblem]:
    """Report the first step at which ranks that train together leave what one process computes."""
    for step in range(STEPS if records else 0):
        expected = _common(records).single_process[step]
        off = [each for each in records if not isclose(each.losses[step], expected[each.rank], rel_tol=TOLERANCE)]
        if off:
            return [
                _of_rank(
                    record,
                    expected=f"loss {expected[record.rank]:.6g} at step {step + 1}, as in a single process",
                    actual=f"{record.losses[step]:.6g}",
                    sentence=f"loss {record.losses[step]:.6g} at step {step + 1}, "
                    f"a single process has {expected[record.rank]:.6g}",
                )
                for record in off
            ]
    return []


def _close(some: Sequence[Sequence[float]], others: Sequence[Sequence[float]]) -> bool:
    pairs = [pair for a, b in zip(some, others, strict=True) for pair in zip(a, b, strict=True)]
    return all(isclose(a, b, rel_tol=TOLERANCE) for a, b in pairs)


def _short(losses: Sequence[float]) -> str:
    return ", ".join(f"{loss:.4g}" for loss in losses)
