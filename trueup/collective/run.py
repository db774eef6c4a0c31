"""Examine nodes together: network diagnosis, then the job, and after a failure the diagnosis again."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from trueup.collective.diagnosis import ENVIRONMENT, first_failing_check, notes
from trueup.collective.diagnostics import FleetDiagnostics, gather
from trueup.collective.job_problem import JobProblem
from trueup.collective.job_spec import JobSpec, Member
from trueup.collective.launch import NoPortError, Output, Port, PortCheckFailed, Watch, choose_port, launch, silent
from trueup.collective.nccl_log import complaints, parse
from trueup.collective.verdict import JobVerdict
from trueup.outcome import Outcome

Run = Callable[[Sequence[Member], JobSpec, Port, Watch, Output | None], JobVerdict]


def examine(
    members: Sequence[Member],
    job: JobSpec,
    watch: Watch = silent,
    on_output: Output | None = None,
    run: Run = launch,
) -> JobVerdict:
    """Return one verdict on these nodes together.

    A network that the diagnosis finds broken is reported at once; the job would fail after minutes.

    Args:
        members: The nodes, the host of the rendezvous first.
        job: What to launch.
        watch: Called with each step.
        on_output: Called with each node's name and what its ranks print.
        run: The job itself, between the diagnoses.
    """
    watch(f"{members[0].name}: choosing a port from {job.ports[0]} to {job.ports[1]}")
    try:
        port = choose_port(members[0], job)
    except PortCheckFailed as error:
        return JobVerdict(Outcome.UNKNOWN, (error.problem,))
    except NoPortError as error:
        return JobVerdict(Outcome.FAIL, (error.problem,))
    watch(f"{len(members)} nodes diagnose their network")
    diagnostics, problems = _diagnose_twice(members, port.number)
    if problems:
        held = tuple(f"{members[0].name}: port {number} is held by {owner}" for number, owner in port.held)
        return _diagnosed(JobVerdict(Outcome.FAIL, notes=(*held, *notes(members, diagnostics))), problems)
    verdict = run(members, job, port, watch, on_output)
    verdict = _with_nccl(replace(verdict, notes=(*verdict.notes, *notes(members, diagnostics))), members, job)
    if verdict.outcome is Outcome.PASS:
        return verdict
    watch("it failed: the nodes diagnose their network again")
    return _diagnosed(verdict, _diagnose_twice(members, port.number, verdict.lost)[1])


def _diagnose_twice(
    members: Sequence[Member], port: int, lost: Sequence[str] = ()
) -> tuple[FleetDiagnostics, tuple[JobProblem, ...]]:
    """Return the diagnostics and their problems; a problem counts if a second run confirms it.

    A busy node may start late. A lost node is not diagnosed again.
    """
    diagnostics = gather(members, port, lost)
    if first_failing_check(members, diagnostics) and not lost:
        diagnostics = gather(members, port)
    return diagnostics, first_failing_check(members, diagnostics)


def _with_nccl(verdict: JobVerdict, members: Sequence[Member], job: JobSpec) -> JobVerdict:
    """Add what NCCL logged: warnings are notes; an undeclared interface or transport is a problem."""
    if job.backend != "nccl":
        return verdict
    logs = {name: parse(text) for name, text in verdict.logs}
    warnings = [f"{name}: NCCL warns: {warning}" for name, log in logs.items() for warning in log.warnings]
    ranks = {node.name: [r.rank for r in verdict.records if r.node == node.name] for node in members}
    problems = [
        problem
        for node in members
        for problem in complaints(logs[node.name], node.name, node.interface, ranks[node.name])
    ]
    outcome = Outcome.FAIL if problems and verdict.outcome is Outcome.PASS else verdict.outcome
    return replace(verdict, outcome=outcome, problems=(*verdict.problems, *problems), notes=(*verdict.notes, *warnings))


def _diagnosed(verdict: JobVerdict, problems: tuple[JobProblem, ...]) -> JobVerdict:
    """Put the diagnosis before the problems of the job itself."""
    unanswered = any(problem.subject == ENVIRONMENT for problem in problems)
    outcome = Outcome.UNKNOWN if unanswered else verdict.outcome
    return replace(verdict, outcome=outcome, problems=(*problems, *verdict.problems))
