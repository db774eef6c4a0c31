"""The raw TCP throughput between two nodes of a fleet, by wire.py at both ends."""

import hashlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from trueup.collective.job_spec import Member
from trueup.payload import text
from trueup.remote_shell import ShellError

# Ring bus bandwidth in GB/s over TCP that healthy links reach at least, by Mbit/s of the link.
TCP_RING = ((1_000, 0.10), (10_000, 0.9), (25_000, 1.7), (100_000, 4.0))
# microsoft/superbenchmark and Azure's node health checks look for the same order: a fifth is a fault, 5 % a sign.
FAIL_BELOW, WARN_BELOW = 0.8, 0.95
SLOW_ROUNDS = 2
# Below this a network is measured by its latency.
SMALLEST_BYTES = 1 << 20
# GB/s that one TCP connection carries where nothing is wrong with the network; a faster link needs several.
ONE_CONNECTION = 1.0


def link_model(mbit: int) -> float:
    """GB/s of ring bus bandwidth that a link of mbit Mbit/s gives over TCP; between the table's rows by power law."""
    first, last = TCP_RING[0], TCP_RING[-1]
    if mbit <= first[0]:
        return first[1] * mbit / first[0]
    for (low, low_rate), (high, high_rate) in pairwise(TCP_RING):
        if mbit <= high:
            share = log(mbit / low) / log(high / low)
            return exp(log(low_rate) + share * (log(high_rate) - log(low_rate)))
    return last[1]


@dataclass(frozen=True)
class SpeedVerdict:
    """found: GB/s of each round; wanted: what they are held to, None where nothing is known yet."""

    outcome: Literal["fails", "warns", "pass", "unknown"]
    size: int
    found: tuple[float, ...]
    wanted: float | None
    why: str


def judge_speed(rates: dict[int, tuple[float, ...]], link_mbit: int | None, baseline: float | None) -> SpeedVerdict:
    """The largest size is judged: the floor is the lower of the link's model and the recorded baseline.

    Two of three rounds below 0.8 of it fail, below 0.95 warn.
    """
    size = max((size for size in rates if size >= SMALLEST_BYTES), default=0)
    known = [rate for rate in (link_model(link_mbit) if link_mbit else None, baseline) if rate is not None]
    if not size or not known:
        why = "no size of 1 MiB or more was timed" if not size else "no link is declared and no baseline recorded"
        return SpeedVerdict("unknown", size, rates.get(size, ()), None, why)
    wanted, found = min(known), rates[size]
    source = "the recorded baseline" if wanted == baseline else f"a link of {link_mbit} Mbit/s"
    needed = min(SLOW_ROUNDS, len(found))
    text = f"{', '.join(f'{rate:.3f}' for rate in found)} GB/s at {size} B; {source} gives {wanted:.3f}"
    for outcome, share in (("fails", FAIL_BELOW), ("warns", WARN_BELOW)):
        slow = sum(rate < share * wanted for rate in found)
        if slow >= needed:
            said = f"{slow} of {len(found)} rounds below {share} of it: {text}"
            return SpeedVerdict("fails" if outcome == "fails" else "warns", size, found, wanted, said)
    return SpeedVerdict("pass", size, found, wanted, text)


def slow_ways(wire: Mapping[str, float], wanted: float) -> list[str]:
    """The ways whose raw TCP is too slow for that bus bandwidth, both in GB/s; the slowest first."""
    floor = min(FAIL_BELOW * wanted, ONE_CONNECTION)
    return sorted((way for way, rate in wire.items() if rate < floor), key=lambda way: wire[way])


class Baseline(BaseModel):
    """What a fleet once reached: GB/s by size in bytes, and when that was (ISO 8601, UTC)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nodes: tuple[str, ...]
    backend: str
    ranks_per_node: int
    recorded: str
    busbw: dict[int, float]


class BaselineError(ValueError):
    """The file of a baseline holds something else."""


def baseline_file(folder: Path, nodes: Mapping[str, str], backend: str, ranks_per_node: int) -> Path:
    """Where the baseline of these nodes (address by name) lies, in whatever order they are named.

    Two fleets may use the same names, and a thousand names are no file name.
    """
    first = sorted(nodes)[0]
    key = hashlib.sha256(json.dumps(sorted(nodes.items())).encode()).hexdigest()[:12]
    return folder / f"{first}+{len(nodes) - 1}-{key}-{backend}-{ranks_per_node}.json"


def read_baseline(path: Path) -> Baseline | None:
    """The baseline, or None if none is recorded; raises BaselineError."""
    if not path.exists():
        return None
    try:
        return Baseline.model_validate_json(path.read_text())
    except ValidationError as error:
        raise BaselineError(
            f"{path} is no baseline ({error.error_count()} mistakes); renew it with --rebaseline"
        ) from error


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Record it, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(baseline.model_dump(mode="json"), indent=1) + "\n")
    fresh.replace(path)


SECONDS = 1.0
TIMEOUT_S = 15.0


class NotMeasuredError(RuntimeError):
    """The two ends did not meet."""


def throughput(sender: Member, receiver: Member, port: int) -> float:
    """GB/s (1e9 bytes) from one node to the other over one TCP connection; raises NotMeasuredError."""
    source = text("trueup.collective.node", "tcp_throughput.py").encode()
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
