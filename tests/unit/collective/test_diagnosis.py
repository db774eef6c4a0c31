"""The first failing check, from recorded diagnostics."""

from concurrent.futures import Future
from typing import Any

import pytest

from trueup.collective.diagnosis import first_failing_check, notes
from trueup.collective.diagnostics import FleetDiagnostics, Interface, NodeDiagnostics, PeerDiagnostics
from trueup.collective.job_spec import Member, OnOutput
from trueup.remote_shell import Result

PORT, EPHEMERAL = 29500, 40000


class NoShell:
    """The diagnosis is pure: no command runs."""

    def submit(
        self,
        command: str,
        *,
        stdin: bytes | None = None,
        timeout: float | None = None,
        on_output: OnOutput | None = None,
    ) -> "Future[Result]":
        """Never called."""
        raise AssertionError(command)

    def run_pty(self, command: str, *, stdin: bytes | None = None, timeout: float | None = None) -> Result:
        """Never called."""
        raise AssertionError(command)


def member(number: int) -> Member:
    """A node of the lab's kind."""
    shell = NoShell()
    declared: dict[str, Any] = {"gpus": 2, "cuda": True, "shm_mib": 2048, "link_mbit": 1000}
    return Member(f"node{number}", f"10.0.0.{number}", "eth0", "/env/bin/python", shell, **declared)


MEMBERS = (member(1), member(2))
PEER = {"source": "", "ports": {PORT: None, EPHEMERAL: None}, "small": True, "large": True, "lost": 0}
CARD = {"up": True, "carrier": "up", "mtu": 1500, "speed": 1000, "address": ""}


def diagnostics(
    number: int, card: dict[str, Any] | None = None, peer: dict[str, Any] | None = None, **facts: Any
) -> NodeDiagnostics:
    """What a healthy node sees, but for the changes."""
    own, other = f"10.0.0.{number}", f"node{3 - number}"
    healthy = {
        "names": {"node1": ("10.0.0.1",), "node2": ("10.0.0.2",)},
        "interface": Interface.model_validate({**CARD, "address": own, **(card or {})}),
        "shm_total_mib": 2048,
        "shm_free_mib": 2000,
        "gpus": 2,
        "load": 0.1,
        "clock": 1000.2,
        "held": {},
        "peers": {other: PeerDiagnostics.model_validate({**PEER, "source": own, **(peer or {})})},
    }
    return NodeDiagnostics.model_validate({**healthy, **facts})


def both_nodes(first: NodeDiagnostics | str, second: NodeDiagnostics | str) -> FleetDiagnostics:
    """Return the diagnostics of both nodes, gathered at 1000 s within half a second."""
    return FleetDiagnostics({"node1": first, "node2": second}, PORT, EPHEMERAL, 1000.0, 0.5)


def test_healthy_pair_has_no_problem() -> None:
    """No check fails."""
    assert () == first_failing_check(MEMBERS, both_nodes(diagnostics(1), diagnostics(2)))


LOOPBACK = {"node1": ("127.0.1.1",), "node2": ("10.0.0.2",)}
FAULTS: list[tuple[NodeDiagnostics | str, NodeDiagnostics | str, str, list[str]]] = [
    ("the environment's Python exited 127", diagnostics(2), "environment", ["node1", "exited 127"]),
    (diagnostics(1, names=LOOPBACK), diagnostics(2), "names", ["node1", "10.0.0.1", "127.0.1.1", "/etc/hosts"]),
    (diagnostics(1), diagnostics(2, interface=None), "interface", ["node2", "eth0", "no such interface"]),
    (diagnostics(1), diagnostics(2, card={"up": False, "carrier": "down"}), "interface", ["node2", "down"]),
    (diagnostics(1), diagnostics(2, card={"address": "10.9.9.9"}), "interface", ["node2", "10.9.9.9"]),
    (
        diagnostics(1),
        diagnostics(2, card={"speed": 100}),
        "link",
        ["node2", "1000 Mbit/s, as declared", "100 Mbit/s", "ethtool"],
    ),
    (diagnostics(1), diagnostics(2, peer={"source": "192.168.0.7"}), "route", ["node2 -> node1", "192.168.0.7"]),
    (diagnostics(1), diagnostics(2, card={"mtu": 1400}), "MTU", ["node2", "MTU 1400", "MTU 1500"]),
    (diagnostics(1, peer={"large": False}), diagnostics(2), "MTU", ["node1 -> node2", "unfragmented"]),
    (diagnostics(1, peer={"lost": 6}), diagnostics(2), "packet loss", ["node1 -> node2", "100 packets", "6 lost"]),
    (
        diagnostics(1, held={PORT: "process 71 (python old.py)"}),
        diagnostics(2, peer={"ports": {PORT: "another program answers", EPHEMERAL: None}}),
        "port holder",
        ["node1", "port 29500 free", "held by process 71 (python old.py)", "end that process"],
    ),
    (
        diagnostics(1),
        diagnostics(2, peer={"ports": {PORT: "timed out", EPHEMERAL: None}}),
        "rendezvous port",
        ["node2 -> node1", "29500", "timed out"],
    ),
    (
        diagnostics(1, peer={"ports": {PORT: None, EPHEMERAL: "timed out"}}),
        diagnostics(2),
        "ephemeral ports",
        ["node1 -> node2", "ip_local_port_range"],
    ),
    (diagnostics(1, shm_total_mib=64), diagnostics(2), "shared memory", ["node1", "2048 MiB", "64 MiB"]),
    (diagnostics(1, shm_free_mib=3), diagnostics(2), "shared memory", ["node1", "64 MiB free", "3 MiB"]),
    (diagnostics(1), diagnostics(2, gpus=1), "GPUs", ["node2", "2 GPUs", "1 GPUs"]),
    (diagnostics(1), diagnostics(2, gpus="NVML answers with error 9"), "GPUs", ["node2", "error 9"]),
    (diagnostics(1), diagnostics(2, clock=1060.5), "clock", ["node2", "60.0 s off"]),
]


@pytest.mark.parametrize(("first", "second", "rung", "words"), FAULTS, ids=[f"{f[2]}-{f[3][-1]}" for f in FAULTS])
def test_failing_check_is_named(
    first: NodeDiagnostics | str, second: NodeDiagnostics | str, rung: str, words: list[str]
) -> None:
    """With the node, the peer, and what was seen."""
    found = first_failing_check(MEMBERS, both_nodes(first, second))
    text = str(found[0])

    assert ({rung}, []) == ({problem.subject for problem in found}, [word for word in words if word not in text])


def test_only_the_first_failing_check_is_named() -> None:
    """A node without its address has every port closed as well."""
    wrong = diagnostics(2, interface=None, peer={"ports": {PORT: "timed out", EPHEMERAL: "timed out"}})

    assert ["interface"] == [
        problem.subject for problem in first_failing_check(MEMBERS, both_nodes(diagnostics(1), wrong))
    ]


def test_rendezvous_port_is_needed_on_its_host_only() -> None:
    """Nobody calls node2 there."""
    other = diagnostics(1, peer={"ports": {PORT: "another program answers", EPHEMERAL: None}})

    assert () == first_failing_check(MEMBERS, both_nodes(other, diagnostics(2)))


def test_load_and_silence_are_notes() -> None:
    """They are no fault, and may explain one."""
    found = notes(MEMBERS, both_nodes(diagnostics(1, load=9.0), diagnostics(2, peer={"small": False, "large": None})))

    assert ["node1: load 9.0 a core", "node2 -> node1: UDP is not answered"] == [
        found[0][:22],
        found[1][:35],
    ]
