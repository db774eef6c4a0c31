"""Gather and validate the network diagnostics of all nodes at once."""

import json
import random
import time
from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from trueup.collective import job_payload
from trueup.collective.job_spec import Member
from trueup.remote_shell import Result, ShellError, with_private_tmp

# A dropped connection is tried for this long; the diagnosis as a whole has 30 s.
PROBE_S = 8
# For Python to begin on a busy node, and for the way back.
PATIENCE_S = 10
# Linux, net.ipv4.ip_local_port_range by default: where NCCL and Gloo take their ports from.
EPHEMERAL = (32768, 60999)


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Interface(_Report):
    """The interface of the collective, as the kernel reports it."""

    up: bool
    """Whether it is administratively up."""
    carrier: str
    """Its operstate."""
    mtu: int
    """Bytes."""
    speed: int | None
    """Mbit/s; None where the driver does not say."""
    address: str | None
    """The first IPv4 address."""


class PeerDiagnostics(_Report):
    """The path to one other node."""

    source: str
    """The address that packets leave from, or an error."""
    ports: dict[int, str | None]
    """Error by port; None where it is open."""
    small: bool | str
    """Whether small packets came back."""
    large: bool | str | None
    """Whether unfragmented packets of the interface's MTU came back."""
    lost: int | None
    """Packets lost, of net_probe.PROBES."""


class NodeDiagnostics(_Report):
    """Everything that one node reports of itself and its peers."""

    names: dict[str, tuple[str, ...]]
    """Addresses by node name."""
    interface: Interface | None
    """None if there is no such interface."""
    shm_total_mib: int
    """Size of /dev/shm."""
    shm_free_mib: int
    """Free space of /dev/shm."""
    gpus: int | str
    """How many GPUs NVML counts, or why it counts none."""
    load: float
    """Load average a core."""
    clock: float
    """Unix seconds."""
    held: dict[int, str]
    """Owner by port that this node should listen on and cannot."""
    peers: dict[str, PeerDiagnostics]
    """The path to each other node, by name."""


@dataclass(frozen=True)
class FleetDiagnostics:
    """The diagnostics of all nodes, gathered at once."""

    by_node: dict[str, NodeDiagnostics | str]
    """The node's diagnostics, or why there are none."""
    port: int
    """The port of the rendezvous."""
    ephemeral: int
    """The other port that was tried."""
    started_at: float
    """Unix seconds on the controller."""
    seconds: float
    """How long it took."""


def settings_of(members: Sequence[Member], node: Member, port: int, ephemeral: int) -> dict[str, object]:
    """Return the settings of node/diagnostics.py for one node."""
    peers = [{"name": m.name, "address": m.address} for m in members if m is not node]
    own = {"name": node.name, "interface": node.interface, "peers": peers}
    return {**own, "ports": [port, ephemeral], "echo": ephemeral, "seconds": PROBE_S}


def gather(members: Sequence[Member], port: int, lost: Sequence[str] = ()) -> FleetDiagnostics:
    """Gather the diagnostics of all nodes at once; never raises for a node.

    Args:
        members: The nodes.
        port: The port of the rendezvous.
        lost: Nodes that are known not to answer; they are not waited for.
    """
    ephemeral = random.randint(*EPHEMERAL)  # noqa: S311 (a port, no secret)
    since, started_at = time.monotonic(), time.time()
    running: dict[str, Future[Result]] = {}
    for node in (member for member in members if member.name not in lost):
        command = with_private_tmp(job_payload.command(node.python))
        sent = job_payload.standard_input("diagnostics", settings_of(members, node, port, ephemeral))
        running[node.name] = node.shell.submit(command, stdin=sent, timeout=PROBE_S + PATIENCE_S / 2)
    wait(running.values(), timeout=PROBE_S + PATIENCE_S)
    by_node = {name: _answer(future) for name, future in running.items()}
    by_node |= dict.fromkeys(lost, "did not answer")
    return FleetDiagnostics(by_node, port, ephemeral, started_at, time.monotonic() - since)


def _answer(future: Future[Result]) -> NodeDiagnostics | str:
    try:
        result = future.result(0)
    except (ShellError, TimeoutError) as error:
        return f"did not answer: {str(error) or 'no word in ' + str(PROBE_S + PATIENCE_S) + ' s'}"
    if not result.ok:
        lines = result.err_text.strip().splitlines()
        return f"the environment's Python exited {result.rc}: {lines[-1] if lines else 'and said nothing'}"
    try:
        facts = json.loads(result.text)
        facts["interface"] = facts["interface"] or None
        return NodeDiagnostics.model_validate(facts)
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        return f"answered what cannot be read: {error}"
