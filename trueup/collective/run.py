"""The whole question: quick looks first, then the job, and after a failure the looks again."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from trueup.collective.diagnosis import NetworkFault, climb, notes
from trueup.collective.diagnostics import FleetDiagnostics, gather
from trueup.collective.job_spec import JobSpec, Member
from trueup.collective.launch import NoPortError, Output, Port, PortCheckFailed, Watch, choose_port, launch, silent
from trueup.collective.nccl_log import complaints, parse
from trueup.collective.verdict import JobVerdict

Run = Callable[[Sequence[Member], JobSpec, Port, Watch, Output | None], JobVerdict]


def examine(
    members: Sequence[Member],
    job: JobSpec,
    watch: Watch = silent,
    on_output: Output | None = None,
    run: Run = launch,
) -> JobVerdict:
    """One verdict on these nodes together. What a quick look finds broken is not tried for minutes.

    run: the job itself, between the looks.
    """
    watch(f"{members[0].name}: choosing a port from {job.ports[0]} to {job.ports[1]}")
    try:
        port = choose_port(members[0], job)
    except PortCheckFailed as error:
        return JobVerdict("unknown", (str(error),))
    except NoPortError as error:
        return JobVerdict("fail", (str(error),))
    watch(f"{len(members)} nodes look at each other")
    looks, findings = _seen_twice(members, port.number)
    if findings:
        held = tuple(f"{members[0].name}: port {number} is held by {who}" for number, who in port.held)
        return _diagnosed(JobVerdict("fail", (), notes=(*held, *notes(members, looks))), findings)
    verdict = run(members, job, port, watch, on_output)
    verdict = _heard(replace(verdict, notes=(*verdict.notes, *notes(members, looks))), members, job)
    if verdict.outcome == "pass":
        return verdict
    watch("it failed: the nodes look at each other again")
    return _diagnosed(verdict, _seen_twice(members, port.number, verdict.lost)[1])


def _seen_twice(
    members: Sequence[Member], port: int, lost: Sequence[str] = ()
) -> tuple[FleetDiagnostics, tuple[NetworkFault, ...]]:
    """The looks and what they find; on a busy node one may begin late, and a fault is still there when looked at again.

    That a node is lost is no matter of a second look.
    """
    looks = gather(members, port, lost)
    if climb(members, looks) and not lost:
        looks = gather(members, port)
    return looks, climb(members, looks)


def _heard(verdict: JobVerdict, members: Sequence[Member], job: JobSpec) -> JobVerdict:
    """With what NCCL itself said: warnings are notes; another interface or transport than declared is a fault."""
    if job.backend != "nccl":
        return verdict
    logs = {name: parse(text) for name, text in verdict.logs}
    said = [f"{name}: NCCL warns: {warning}" for name, log in logs.items() for warning in log.warnings]
    ranks = {here.name: [r.rank for r in verdict.records if r.node == here.name] for here in members}
    wrong = [
        line for here in members for line in complaints(logs[here.name], here.name, here.interface, ranks[here.name])
    ]
    outcome = "fail" if wrong and verdict.outcome == "pass" else verdict.outcome
    return replace(verdict, outcome=outcome, reasons=(*verdict.reasons, *wrong), notes=(*verdict.notes, *said))


def _diagnosed(verdict: JobVerdict, findings: tuple[NetworkFault, ...]) -> JobVerdict:
    """The verdict with the first broken rung before the reasons that the job itself gave."""
    if not findings:
        return verdict
    unseen = any(finding.rung == "environment" for finding in findings)
    outcome = "unknown" if unseen else verdict.outcome
    return replace(verdict, outcome=outcome, reasons=(*map(str, findings), *verdict.reasons))
