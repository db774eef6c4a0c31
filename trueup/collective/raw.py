"""The raw TCP throughput between two nodes of a fleet, by wire.py at both ends."""

import shlex
from pathlib import Path

from trueup.collective.plan import Member
from trueup.shell import ShellError

SECONDS = 1.0
TIMEOUT_S = 15.0


class NotMeasuredError(RuntimeError):
    """The two ends did not meet."""


def throughput(sender: Member, receiver: Member, port: int) -> float:
    """GB/s (1e9 bytes) from one node to the other over one TCP connection; raises NotMeasuredError."""
    source = Path(__file__).with_name("wire.py").read_bytes()
    at = f"{shlex.quote(receiver.address)} {port}"
    serve = f"{shlex.quote(receiver.python)} -I - serve {at}"
    send = f"{shlex.quote(sender.python)} -I - send {at} {SECONDS}"
    serving = receiver.shell.submit(serve, stdin=source, timeout=TIMEOUT_S)
    sending = sender.shell.submit(send, stdin=source, timeout=TIMEOUT_S)
    try:
        sent, served = sending.result(2 * TIMEOUT_S), serving.result(2 * TIMEOUT_S)
    except (ShellError, TimeoutError) as error:
        raise NotMeasuredError(f"{sender.name} -> {receiver.name}: {error}") from error
    if not (sent.ok and served.ok):
        lines = (sent.err_text + served.err_text).strip().splitlines()
        raise NotMeasuredError(f"{sender.name} -> {receiver.name}: {lines[-1] if lines else 'no reason given'}")
    return int(served.text) / 1e9


def both_ways(one: Member, other: Member, port: int) -> tuple[dict[str, float], tuple[str, ...]]:
    """GB/s by "one -> other", one way after the other, and why a way was not measured."""
    found: dict[str, float] = {}
    lost: tuple[str, ...] = ()
    for here, there in ((one, other), (other, one)):
        try:
            found[f"{here.name} -> {there.name}"] = throughput(here, there, port)
        except NotMeasuredError as error:
            lost = (*lost, str(error))
    return found, lost
