"""The looks of all nodes at each other, gathered at once and validated."""

import json
import random
import time
from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from trueup.collective import job_payload
from trueup.collective.job_spec import Member
from trueup.remote_shell import Result, ShellError
from trueup.remote_shell.private_tmp import apart

# A dropped connection is tried for this long; the ladder as a whole has 30 s.
LOOK_S = 8
# For Python to begin on a busy node, and for the way back.
PATIENCE_S = 10
# Linux, net.ipv4.ip_local_port_range by default: where NCCL and Gloo take their ports from.
EPHEMERAL = (32768, 60999)


class _Seen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Interface(_Seen):
    """up: administratively; carrier: operstate; mtu: bytes; speed: Mbit/s; address: the first IPv4 one."""

    up: bool
    carrier: str
    mtu: int
    speed: int | None
    address: str | None


class Peer(_Seen):
    """source: address, or error; ports: None or what was seen; small, large: unfragmented packets came back.

    lost: of ears.PROBES packets.
    """

    source: str
    ports: dict[int, str | None]
    small: bool | str
    large: bool | str | None
    lost: int | None


class NodeDiagnostics(_Seen):
    """What one node sees. interface: None if there is none; gpus: a count or a reason; clock: Unix seconds.

    held: who has a port that this node should listen on.
    """

    names: dict[str, tuple[str, ...]]
    interface: Interface | None
    shm_total_mib: int
    shm_free_mib: int
    gpus: int | str
    load: float
    clock: float
    held: dict[int, str]
    peers: dict[str, Peer]


@dataclass(frozen=True)
class FleetDiagnostics:
    """by_node: a Look, or why there is none; port: of the rendezvous; ephemeral: the other port tried."""

    by_node: dict[str, NodeDiagnostics | str]
    port: int
    ephemeral: int
    asked_at: float
    seconds: float


def settings_of(members: Sequence[Member], here: Member, port: int, ephemeral: int) -> dict[str, object]:
    """What look.py is told on one node."""
    peers = [{"name": m.name, "address": m.address} for m in members if m is not here]
    own = {"name": here.name, "interface": here.interface, "peers": peers}
    return {**own, "ports": [port, ephemeral], "echo": ephemeral, "seconds": LOOK_S}


def gather(members: Sequence[Member], port: int, lost: Sequence[str] = ()) -> FleetDiagnostics:
    """All nodes look at once; never raises for a node. lost: nodes that are known not to answer, and not waited for."""
    ephemeral = random.randint(*EPHEMERAL)  # noqa: S311 (a port, no secret)
    since, asked_at = time.monotonic(), time.time()
    asked: dict[str, Future[Result]] = {}
    for here in (each for each in members if each.name not in lost):
        command = apart(job_payload.command(here.python))
        sent = job_payload.standard_input("diagnostics", settings_of(members, here, port, ephemeral))
        asked[here.name] = here.shell.submit(command, stdin=sent, timeout=LOOK_S + PATIENCE_S / 2)
    wait(asked.values(), timeout=LOOK_S + PATIENCE_S)
    found = {name: _answer(future) for name, future in asked.items()}
    found |= dict.fromkeys(lost, "did not answer")
    return FleetDiagnostics(found, port, ephemeral, asked_at, time.monotonic() - since)


def _answer(future: Future[Result]) -> NodeDiagnostics | str:
    try:
        result = future.result(0)
    except (ShellError, TimeoutError) as error:
        return f"did not answer: {str(error) or 'no word in ' + str(LOOK_S + PATIENCE_S) + ' s'}"
    if not result.ok:
        lines = result.err_text.strip().splitlines()
        return f"the environment's Python exited {result.rc}: {lines[-1] if lines else 'and said nothing'}"
    try:
        facts = json.loads(result.text)
        facts["interface"] = facts["interface"] or None
        return NodeDiagnostics.model_validate(facts)
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        return f"answered what cannot be read: {error}"
