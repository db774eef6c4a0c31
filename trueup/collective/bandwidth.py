"""Bandwidth: raw TCP between two nodes, what a link gives, and the recorded baseline of a fleet."""

import hashlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from trueup.collective.job_spec import Member
from trueup.files import write_atomic
from trueup.outcome import Outcome
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
    """Return the GB/s of ring bus bandwidth that a link of mbit Mbit/s gives over TCP.

    Between the table's rows by power law.
    """
    first, last = TCP_RING[0], TCP_RING[-1]
    if mbit <= first[0]:
        return first[1] * mbit / first[0]
    for (low, low_rate), (high, high_rate) in pairwise(TCP_RING):
        if mbit <= high:
            share = log(mbit / low) / log(high / low)
            return exp(log(low_rate) + share * (log(high_rate) - log(low_rate)))
    return last[1]


@dataclass(frozen=True)
class BandwidthVerdict:
    """The bandwidth of one size of buffer, compared with what link and baseline give."""

    outcome: Outcome
    """Unknown where nothing is known to compare with."""
    size: int
    """Bytes of the buffer; 0 where no size counts."""
    actual: tuple[float, ...]
    """GB/s of each round."""
    expected: float | None
    """GB/s that link or baseline give; None where neither is known."""
    reason: str
    """The comparison as one sentence."""
    warning: bool = False
    """Whether a bandwidth that passes is lower than usual."""


def evaluate_bandwidth(
    rates: Mapping[int, tuple[float, ...]], link_mbit: int | None, baseline: float | None
) -> BandwidthVerdict:
    """Compare the largest size with the lower of the link's model and the recorded baseline.

    Two of three rounds below 0.8 of it fail, below 0.95 warn.
    """
    size = max((size for size in rates if size >= SMALLEST_BYTES), default=0)
    known = [rate for rate in (link_model(link_mbit) if link_mbit else None, baseline) if rate is not None]
    if not size or not known:
        reason = "no size of 1 MiB or more was timed" if not size else "no link is declared and no baseline recorded"
        return BandwidthVerdict(Outcome.UNKNOWN, size, rates.get(size, ()), None, reason)
    expected, actual = min(known), rates[size]
    source = "the recorded baseline" if expected == baseline else f"a link of {link_mbit} Mbit/s"
    rounds_needed = min(SLOW_ROUNDS, len(actual))
    figures = f"{', '.join(f'{rate:.3f}' for rate in actual)} GB/s at {size} B; {source} gives {expected:.3f}"
    for outcome, share in ((Outcome.FAIL, FAIL_BELOW), (Outcome.PASS, WARN_BELOW)):
        slow = sum(rate < share * expected for rate in actual)
        if slow >= rounds_needed:
            reason = f"{slow} of {len(actual)} rounds below {share} of it: {figures}"
            return BandwidthVerdict(outcome, size, actual, expected, reason, warning=outcome is Outcome.PASS)
    return BandwidthVerdict(Outcome.PASS, size, actual, expected, figures)


def slow_paths(raw_tcp: Mapping[str, float], expected: float) -> list[str]:
    """Return the paths whose raw TCP is too slow for that bus bandwidth, both in GB/s; the slowest first."""
    floor = min(FAIL_BELOW * expected, ONE_CONNECTION)
    return sorted((path for path, rate in raw_tcp.items() if rate < floor), key=lambda path: raw_tcp[path])


class Baseline(BaseModel):
    """The bandwidth that a fleet reached once."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    nodes: tuple[str, ...]
    """Names of the nodes."""
    backend: str
    """"nccl" or "gloo"."""
    ranks_per_node: int
    """Processes on each node."""
    recorded: str
    """When, in ISO 8601 and UTC."""
    busbw: dict[int, float]
    """GB/s by size in bytes."""


class BaselineError(ValueError):
    """The file of a baseline holds something else."""


def baseline_file(folder: Path, nodes: Mapping[str, str], backend: str, ranks_per_node: int) -> Path:
    """Return the file of these nodes' baseline; nodes: address by name, in any order.

    Two fleets may use the same names, and a thousand names are no file name.
    """
    first = sorted(nodes)[0]
    key = hashlib.sha256(json.dumps(sorted(nodes.items())).encode()).hexdigest()[:12]
    return folder / f"{first}+{len(nodes) - 1}-{key}-{backend}-{ranks_per_node}.json"


def read_baseline(path: Path) -> Baseline | None:
    """Return the baseline, or None if none is recorded; raises BaselineError."""
    if not path.exists():
        return None
    try:
        return Baseline.model_validate_json(path.read_text())
    except ValidationError as error:
        raise BaselineError(
            f"{path} is no baseline ({error.error_count()} mistakes); renew it with --rebaseline"
        ) from error


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write it atomically."""
    write_atomic(path, json.dumps(baseline.model_dump(mode="json"), indent=1) + "\n", mode=0o644)


SECONDS = 1.0
TIMEOUT_S = 15.0


class NotMeasuredError(RuntimeError):
    """The two ends did not meet."""


def throughput(sender: Member, receiver: Member, port: int) -> float:
    """Return GB/s (1e9 bytes) from one node to the other over one TCP connection; raises NotMeasuredError."""
    source = text("trueup.collective.node", "tcp_throughput.py").encode()
    target = f"{shlex.quote(receiver.address)} {port}"
    receive = f"{shlex.quote(receiver.python)} -I - serve {target}"
    send = f"{shlex.quote(sender.python)} -I - send {target} {SECONDS}"
    receiving = receiver.shell.submit(receive, stdin=source, timeout=TIMEOUT_S)
    sending = sender.shell.submit(send, stdin=source, timeout=TIMEOUT_S)
    try:
        sent, received = sending.result(2 * TIMEOUT_S), receiving.result(2 * TIMEOUT_S)
    except (ShellError, TimeoutError) as error:
        raise NotMeasuredError(f"{sender.name} -> {receiver.name}: {error}") from error
    if not (sent.ok and received.ok):
        lines = (sent.err_text + received.err_text).strip().splitlines()
        raise NotMeasuredError(f"{sender.name} -> {receiver.name}: {lines[-1] if lines else 'no reason given'}")
    return int(received.text) / 1e9


def both_directions(node: Member, peer: Member, port: int) -> tuple[dict[str, float], tuple[str, ...]]:
    """Return GB/s by "node -> peer", one direction after the other, and why a direction was not measured."""
    rates: dict[str, float] = {}
    failures: tuple[str, ...] = ()
    for sender, receiver in ((node, peer), (peer, node)):
        try:
            rates[f"{sender.name} -> {receiver.name}"] = throughput(sender, receiver, port)
        except NotMeasuredError as error:
            failures = (*failures, str(error))
    return rates, failures
