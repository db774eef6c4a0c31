"""Start the job on all nodes at once, and wait until it is over on every one of them."""

import json
import secrets
import shlex
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from trueup.collective import job_payload
from trueup.collective.job_problem import JobProblem, job_problem
from trueup.collective.job_spec import JobSpec, Member
from trueup.collective.node.reap import VARIABLE
from trueup.collective.node_results import NodeResult
from trueup.collective.verdict import JobVerdict, evaluate
from trueup.declaration import HOSTFILE
from trueup.outcome import CONVERGE_REMEDY
from trueup.payload import text
from trueup.remote_shell import Result, ShellError, with_private_tmp

PROBE_S = 15


@dataclass(frozen=True)
class Port:
    """The port chosen on the rendezvous host."""

    number: int
    """The first free one."""
    held: tuple[tuple[int, str], ...]
    """(port, owner) of those before it."""


class JobNotStarted(RuntimeError):
    """The job was not started; carries the problem."""

    def __init__(self, problem: JobProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class NoPortError(JobNotStarted):
    """The rendezvous host has no port free in the declared range."""


class PortCheckFailed(JobNotStarted):
    """The rendezvous host could not say which ports are free."""


def choose_port(host: Member, job: JobSpec) -> Port:
    """Return the first port of the range that is free on the rendezvous host.

    Raises:
        NoPortError: Every port of the range is held.
        PortCheckFailed: The host gave no answer.
    """
    first, last = job.ports
    source = text("trueup.collective.node", "free_port.py").encode()
    command = f"{shlex.quote(host.python)} -I - {first} {last}"
    try:
        result = host.shell.submit(command, stdin=source, timeout=PROBE_S).result(PROBE_S * 2)
    except (ShellError, TimeoutError) as error:
        message = f"{host.name}: was asked for a free port and did not answer: {error}"
        raise PortCheckFailed(_port_problem(host, "an answer", str(error), "", message)) from error
    if result.rc != 0:
        actual = f"exit status {result.rc}: {result.err_text.strip()[-300:]}"
        message = f"{host.name}: {command}: {actual}. {CONVERGE_REMEDY}"
        raise PortCheckFailed(_port_problem(host, "a Python that runs", actual, CONVERGE_REMEDY, message))
    answer = json.loads(result.text)
    held = tuple((int(port), str(owner)) for port, owner in answer["held"])
    if answer["port"] is None:
        raise NoPortError(_all_held(host, first, last, held))
    return Port(int(answer["port"]), held)


def _port_problem(host: Member, expected: str, actual: str, remedy: str, message: str = "") -> JobProblem:
    return job_problem(host.name, "port", expected=expected, actual=actual, remedy=remedy, message=message)


def _all_held(host: Member, first: int, last: int, held: tuple[tuple[int, str], ...]) -> JobProblem:
    listed = "; ".join(f"{port} is held by {owner}" for port, owner in held[:3])
    more = f"; and {len(held) - 3} more" if len(held) > 3 else ""
    expected = f"a free port from {first} to {last} for the rendezvous"
    remedy = "end what an earlier run left there, or declare other ports"
    return _port_problem(host, expected, f"none ({listed}{more})", remedy)


# The agent ends its processes within reap.GRACE_S; the rest is for the way back.
WAY_BACK_S = 7
# A rank that fails takes its peers with it through closed connections; those that hang are ended after this.
AFTER_FAILURE_S = 10
# For a node to take a signal, and for its agent to come back from it.
END_S = 5

# The job's records come on standard output, all that its libraries print on the other.
STDERR = 2

Watch = Callable[[str], None]
Output = Callable[[str, bytes], None]


def settings_of(
    members: Sequence[Member], position: int, job: JobSpec, port: int, token: str, verbose: bool
) -> dict[str, object]:
    """Return the settings of one node's agent; see agent.command, allreduce_job.run and training_job.run.

    Two nodes may be one machine, so each has a token of its own. verbose: ranks name themselves on each line.
    """
    node = members[position]
    return {
        "node": node.name,
        "nodes": len(members),
        "node_rank": position,
        "master_address": members[0].address,
        "port": port,
        "interface": node.interface,
        "token": f"{token}-{position}",
        "environment": {**job.environment, **node.extra},
        "verbose": verbose,
        "job": {
            "program": job.program,
            "stage": job.stage,
            "nodes": [member.name for member in members],
            "backend": job.backend,
            "ranks_per_node": job.ranks_per_node,
            "sizes": job.sizes,
            "dtypes": job.dtypes,
            "timed": job.timed,
            "warmups": job.warmups,
            "iterations": job.iterations,
            "rounds": job.rounds,
            "deadline_s": job.deadline_s,
            "hostfile": HOSTFILE,
        },
    }


def end_command(token: str, signal: str) -> str:
    """Return the command that signals every process with the token of the job; needs sh, tr and grep."""
    match = shlex.quote(f"{VARIABLE}={token}-[0-9]*")
    return (
        f"for d in /proc/[0-9]*; do if tr '\\0' '\\n' <$d/environ 2>/dev/null | grep -qx {match}; "
        f"then kill -{signal} ${{d#/proc/}} 2>/dev/null; fi; done; :"
    )


def silent(_: str) -> None:
    """Ignore the step."""


def launch(
    members: Sequence[Member], job: JobSpec, port: Port, watch: Watch = silent, on_output: Output | None = None
) -> JobVerdict:
    """Run the collective job and evaluate it; see start_all."""
    since = time.monotonic()
    results = start_all(members, job, port, watch, on_output)
    notes = tuple(f"{members[0].name}: port {number} is held by {owner}" for number, owner in port.held)
    return evaluate(results, job, notes=notes, seconds=time.monotonic() - since)


def start_all(
    members: Sequence[Member], job: JobSpec, port: Port, watch: Watch = silent, on_output: Output | None = None
) -> list[NodeResult]:
    """Run the job and return what came back from each node.

    It is over by deadline_s + 30 s, with no process left on a node that answers.

    Args:
        members: The nodes in the order of their ranks.
        job: What to launch.
        port: The port of the rendezvous.
        watch: Called with each step.
        on_output: Called with each node's name and what its ranks print, as it comes.
    """
    token = secrets.token_hex(8)
    watch(f"{len(members)} nodes: {job.backend}, rendezvous at {members[0].address}:{port.number}")
    running = {
        _start(members, position, job, port.number, token, on_output): node for position, node in enumerate(members)
    }
    results = _wait(running, job, token, watch)
    return [results[node.name] for node in members]


def _start(
    members: Sequence[Member], position: int, job: JobSpec, port: int, token: str, on_output: Output | None
) -> Future[Result]:
    node = members[position]
    command = with_private_tmp(f"{VARIABLE}={token}-{position} {job_payload.command(node.python)}")
    sent = job_payload.standard_input("agent", settings_of(members, position, job, port, token, on_output is not None))

    def pass_on(stream: int, data: bytes) -> None:
        if on_output and stream == STDERR:
            on_output(node.name, data)

    return node.shell.submit(command, stdin=sent, timeout=job.deadline_s + WAY_BACK_S, on_output=pass_on)


def _wait(running: dict[Future[Result], Member], job: JobSpec, token: str, watch: Watch) -> dict[str, NodeResult]:
    until = time.monotonic() + job.deadline_s + WAY_BACK_S
    results: dict[str, NodeResult] = {}
    left = dict(running)
    failed = False
    while left and (pause := until - time.monotonic()) > 0:
        done, _ = wait(left, timeout=pause, return_when=FIRST_COMPLETED)
        for future in done:
            node = left.pop(future)
            results[node.name] = _result_of(node, future)
            watch(f"{node.name}: ended, {len(left)} still at work")
        if not failed and any(not result.ended_well for result in results.values()):
            until = min(until, time.monotonic() + AFTER_FAILURE_S)
            failed = True
    return results | _end(left, token, watch)


def _result_of(node: Member, future: Future[Result]) -> NodeResult:
    try:
        result = future.result(0)
    except ShellError as error:
        return NodeResult(node.name, lost=f"{type(error).__name__}: {error}")
    return NodeResult(node.name, rc=result.rc, out=result.text, err=result.err_text)


def _end(left: dict[Future[Result], Member], token: str, watch: Watch) -> dict[str, NodeResult]:
    for node in left.values():
        watch(f"{node.name}: is signalled to end the job")
    pool = ThreadPoolExecutor(max_workers=max(1, len(left)))
    for signal in ("TERM", "KILL"):
        sent = [
            pool.submit(node.shell.run_pty, end_command(token, signal), timeout=END_S)
            for future, node in left.items()
            if not future.done()
        ]
        wait(left, timeout=END_S)
        # A node that has not even taken the first signal is frozen, off or cut off: its agent's own deadline serves it.
        if not any(each.done() and not each.exception() for each in sent):
            break
    pool.shutdown(wait=False, cancel_futures=True)
    return {
        node.name: _result_of(node, future)
        if future.done()
        else NodeResult(node.name, lost="did not answer within the deadline, nor when told to end")
        for future, node in left.items()
    }
