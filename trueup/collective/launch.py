"""Starts the job on all nodes at once, and does not leave before it is over on every one of them."""

import json
import secrets
import shlex
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from trueup.collective import job_payload
from trueup.collective.job_spec import JobSpec, Member
from trueup.collective.node.reap import VARIABLE
from trueup.collective.node_results import NodeResult
from trueup.collective.verdict import JobVerdict, judge
from trueup.payload import text
from trueup.remote_shell import Result, ShellError
from trueup.remote_shell.private_tmp import apart

REMEDY = "converge the node: pyinfra inventory.py deploy/site.py"
PROBE_S = 15


@dataclass(frozen=True)
class Port:
    """The port chosen on the rendezvous host, and the (port, holder) that were passed over."""

    number: int
    held: tuple[tuple[int, str], ...]


class NoPortError(RuntimeError):
    """The rendezvous host has no port free in the declared range."""


class PortCheckFailed(RuntimeError):
    """The rendezvous host could not say which ports are free."""


def choose_port(host: Member, job: JobSpec) -> Port:
    """The first port of the range that is free on the rendezvous host; raises NoPortError, PortCheckFailed."""
    first, last = job.ports
    source = text("trueup.collective.node", "free_port.py").encode()
    command = f"{shlex.quote(host.python)} -I - {first} {last}"
    try:
        answer = host.shell.submit(command, stdin=source, timeout=PROBE_S).result(PROBE_S * 2)
    except (ShellError, TimeoutError) as error:
        raise PortCheckFailed(f"{host.name}: was asked for a free port and did not answer: {error}") from error
    if answer.rc != 0:
        said = answer.err_text.strip()[-300:]
        raise PortCheckFailed(f"{host.name}: {command} exited {answer.rc}: {said}. {REMEDY}")
    found = json.loads(answer.text)
    held = tuple((int(port), str(who)) for port, who in found["held"])
    if found["port"] is None:
        raise NoPortError(_all_held(host.name, first, last, held))
    return Port(int(found["port"]), held)


def _all_held(name: str, first: int, last: int, held: tuple[tuple[int, str], ...]) -> str:
    listed = "; ".join(f"{port} is held by {who}" for port, who in held[:3])
    more = f"; and {len(held) - 3} more" if len(held) > 3 else ""
    wanted = f"wanted a free port from {first} to {last} for the rendezvous, found none"
    return f"{name}: {wanted} ({listed}{more}). End what an earlier run left there, or declare other ports"


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
    """What the agent of one node is told; see agent.command, job.run and train.run.

    Two nodes may be one machine, so each has a token of its own. verbose: ranks name themselves on each line.
    """
    here = members[position]
    return {
        "node": here.name,
        "nodes": len(members),
        "node_rank": position,
        "master_address": members[0].address,
        "port": port,
        "interface": here.interface,
        "token": f"{token}-{position}",
        "environment": {**job.environment, **here.extra},
        "verbose": verbose,
        "job": {
            "program": job.program,
            "stage": job.stage,
            "nodes": [each.name for each in members],
            "backend": job.backend,
            "ranks_per_node": job.ranks_per_node,
            "sizes": job.sizes,
            "dtypes": job.dtypes,
            "timed": job.timed,
            "warmups": job.warmups,
            "iterations": job.iterations,
            "rounds": job.rounds,
            "deadline_s": job.deadline_s,
        },
    }


def end_command(token: str, signal: str) -> str:
    """Sends the signal to every process that carries the token of the job; needs sh, tr and grep."""
    match = shlex.quote(f"{VARIABLE}={token}-[0-9]*")
    return (
        f"for d in /proc/[0-9]*; do if tr '\\0' '\\n' <$d/environ 2>/dev/null | grep -qx {match}; "
        f"then kill -{signal} ${{d#/proc/}} 2>/dev/null; fi; done; :"
    )


def silent(_: str) -> None:
    """Watch nothing."""


def launch(
    members: Sequence[Member], job: JobSpec, port: Port, watch: Watch = silent, on_output: Output | None = None
) -> JobVerdict:
    """Run the collective job and judge it; see start_all."""
    since = time.monotonic()
    runs = start_all(members, job, port, watch, on_output)
    notes = tuple(f"{members[0].name}: port {number} is held by {who}" for number, who in port.held)
    return judge(runs, job, notes=notes, seconds=time.monotonic() - since)


def start_all(
    members: Sequence[Member], job: JobSpec, port: Port, watch: Watch = silent, on_output: Output | None = None
) -> list[NodeResult]:
    """What came back from each node; over, with no process left on a node that answers, by deadline_s + 30 s.

    watch: told of each step; on_output: given each node's name and what its ranks print, as it comes.
    """
    token = secrets.token_hex(8)
    watch(f"{len(members)} nodes: {job.backend}, rendezvous at {members[0].address}:{port.number}")
    running = {_start(members, at, job, port.number, token, on_output): here for at, here in enumerate(members)}
    runs = _wait(running, job, token, watch)
    return [runs[here.name] for here in members]


def _start(
    members: Sequence[Member], at: int, job: JobSpec, port: int, token: str, on_output: Output | None
) -> Future[Result]:
    here = members[at]
    command = apart(f"{VARIABLE}={token}-{at} {job_payload.command(here.python)}")
    sent = job_payload.standard_input("agent", settings_of(members, at, job, port, token, on_output is not None))

    def pass_on(stream: int, data: bytes) -> None:
        if on_output and stream == STDERR:
            on_output(here.name, data)

    return here.shell.submit(command, stdin=sent, timeout=job.deadline_s + WAY_BACK_S, on_output=pass_on)


def _wait(running: dict[Future[Result], Member], job: JobSpec, token: str, watch: Watch) -> dict[str, NodeResult]:
    until = time.monotonic() + job.deadline_s + WAY_BACK_S
    runs: dict[str, NodeResult] = {}
    left = dict(running)
    told = False
    while left and (pause := until - time.monotonic()) > 0:
        done, _ = wait(left, timeout=pause, return_when=FIRST_COMPLETED)
        for future in done:
            here = left.pop(future)
            runs[here.name] = _finished(here, future)
            watch(f"{here.name}: ended, {len(left)} still at work")
        if not told and any(not run.well for run in runs.values()):
            until = min(until, time.monotonic() + AFTER_FAILURE_S)
            told = True
    return runs | _end(left, token, watch)


def _finished(here: Member, future: Future[Result]) -> NodeResult:
    try:
        answer = future.result(0)
    except ShellError as error:
        return NodeResult(here.name, lost=f"{type(error).__name__}: {error}")
    return NodeResult(here.name, rc=answer.rc, out=answer.text, err=answer.err_text)


def _end(left: dict[Future[Result], Member], token: str, watch: Watch) -> dict[str, NodeResult]:
    for here in left.values():
        watch(f"{here.name}: is told to end the job")
    pool = ThreadPoolExecutor(max_workers=max(1, len(left)))
    for signal in ("TERM", "KILL"):
        told = [
            pool.submit(here.shell.run_pty, end_command(token, signal), timeout=END_S)
            for future, here in left.items()
            if not future.done()
        ]
        wait(left, timeout=END_S)
        # A node that has not even taken the first signal is frozen, off or cut off: its agent's own deadline serves it.
        if not any(each.done() and not each.exception() for each in told):
            break
    pool.shutdown(wait=False, cancel_futures=True)
    return {
        here.name: _finished(here, future)
        if future.done()
        else NodeResult(here.name, lost="did not answer within the deadline, nor when told to end")
        for future, here in left.items()
    }
