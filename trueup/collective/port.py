"""The port of the rendezvous: chosen free on its host, and never guessed."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path

from trueup.collective.plan import Job, Member
from trueup.shell import ShellError

REMEDY = "converge the node: pyinfra inventory.py deploy/site.py"
PROBE_S = 15


@dataclass(frozen=True)
class Port:
    """The port chosen on the rendezvous host, and the (port, holder) that were passed over."""

    number: int
    held: tuple[tuple[int, str], ...]


class NoPortError(RuntimeError):
    """The rendezvous host has no port free in the declared range."""


class NoAnswerError(RuntimeError):
    """The rendezvous host could not say which ports are free."""


def choose_port(host: Member, job: Job) -> Port:
    """The first port of the range that is free on the rendezvous host; raises NoPortError, NoAnswerError."""
    first, last = job.ports
    source = Path(__file__).with_name("ports.py").read_bytes()
    command = f"{shlex.quote(host.python)} -I - {first} {last}"
    try:
        answer = host.shell.submit(command, stdin=source, timeout=PROBE_S).result(PROBE_S * 2)
    except (ShellError, TimeoutError) as error:
        raise NoAnswerError(f"{host.name}: was asked for a free port and did not answer: {error}") from error
    if answer.rc != 0:
        said = answer.err_text.strip()[-300:]
        raise NoAnswerError(f"{host.name}: {command} exited {answer.rc}: {said}. {REMEDY}")
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
