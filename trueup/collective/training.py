"""The judgement over a training step, and the way to it; the hostfile gives the order of the nodes."""

import re
import time
from collections.abc import Sequence
from math import isclose

from trueup.collective.job_spec import JobSpec, Member
from trueup.collective.launch import Output, Port, Watch, silent, start_all
from trueup.collective.node.deepspeed_launcher import HOSTFILE
from trueup.collective.node.training_job import STEPS
from trueup.collective.node_results import NodeResult
from trueup.collective.results import TrainRecord
from trueup.collective.verdict import JobVerdict, conclude, of_nodes

# float32 sums in another order differ by 1e-6; three steps of Adam let it grow a little.
TOLERANCE = 1e-4
READ_S = 15


class HostfileError(RuntimeError):
    """The hostfile does not name the nodes."""


def in_order(text: str, members: Sequence[Member]) -> tuple[Member, ...]:
    """The members in the hostfile's order, which is DeepSpeed's order of ranks; raises HostfileError."""
    named = re.findall(r"^(\S+)\s+slots=\d+", text, re.M)
    by_name = {here.name: here for here in members}
    lacking = sorted(set(by_name) - set(named))
    if lacking:
        raise HostfileError(f"wanted {', '.join(lacking)} in {HOSTFILE}, found {named}; converge writes it")
    return tuple(by_name[name] for name in dict.fromkeys(named) if name in by_name)


def read_hostfile(member: Member) -> str:
    """The file as it lies on the node; raises HostfileError where there is none, ShellError."""
    answer = member.shell.submit(f"cat {HOSTFILE}", timeout=READ_S).result(2 * READ_S)
    if not answer.ok:
        raise HostfileError(f"{member.name}: {answer.err_text.strip()}; converge writes it")
    return answer.text


def train(
    members: Sequence[Member], job: JobSpec, port: Port, watch: Watch = silent, on_output: Output | None = None
) -> JobVerdict:
    """Run the training step and judge it; the members must be in the hostfile's order."""
    since = time.monotonic()
    runs = start_all(members, job, port, watch, on_output)
    return judge(runs, job, time.monotonic() - since)


def judge(runs: Sequence[NodeResult], job: JobSpec, seconds: float = 0.0) -> JobVerdict:
    """Every rank must see what one process sees, and all of them the same."""
    world = len(runs) * job.ranks_per_node
    # Whether nodes are equal is the collective's question; here it is whether they learn the same.
    outcome, reasons, records = conclude(runs, job, TrainRecord, lambda found: _reasons(found, job, world), equal=False)
    return JobVerdict(outcome, reasons, trained=records, seconds=seconds, **of_nodes(runs))


def _reasons(records: Sequence[TrainRecord], job: JobSpec, world: int) -> list[str]:
    lines = [
        f"{each.node}: rank {each.rank}: trained on {each.backend} at ZeRO stage {each.stage}, "
        f"declared is {job.backend} at {job.stage}"
        for each in records
        if (each.backend, each.stage) != (job.backend, job.stage)
    ]
    lines += [
        f"{each.node}: rank {each.rank}: took {len(each.losses)} steps, wanted {STEPS} with {world} ranks"
        for each in records
        if len(each.losses) != STEPS or [world] * STEPS != [len(row) for row in each.alone]
    ]
    return lines or [*_odd(records), *_apart(records)]


def _usual(records: Sequence[TrainRecord]) -> TrainRecord:
    """The rank that most others agree with on what one process computes."""
    return max(records, key=lambda one: sum(_close(one.alone, other.alone) for other in records))


def _odd(records: Sequence[TrainRecord]) -> list[str]:
    """Who computes something else even alone."""
    usual = _usual(records).alone if records else ()
    return [
        f"{each.node}: rank {each.rank}: computes something else than most ranks, without any network: "
        f"losses of step 1 {_short(each.alone[0])}, elsewhere {_short(usual[0])}. Look at its GPU, then converge it"
        for each in records
        if not _close(each.alone, usual)
    ]


def _apart(records: Sequence[TrainRecord]) -> list[str]:
    """The first step at which ranks that train together leave what one process does."""
    for step in range(STEPS if records else 0):
        wanted = _usual(records).alone[step]
        off = [each for each in records if not isclose(each.losses[step], wanted[each.rank], rel_tol=TOLERANCE)]
        if off:
            return [
                f"{each.node}: rank {each.rank}: loss {each.losses[step]:.6g} at step {step + 1}, "
                f"a single process has {wanted[each.rank]:.6g}"
                for each in off
            ]
    return []


def _close(some: Sequence[Sequence[float]], others: Sequence[Sequence[float]]) -> bool:
    pairs = [pair for a, b in zip(some, others, strict=True) for pair in zip(a, b, strict=True)]
    return all(isclose(a, b, rel_tol=TOLERANCE) for a, b in pairs)


def _short(losses: Sequence[float]) -> str:
    return ", ".join(f"{loss:.4g}" for loss in losses)
