"""Run the network checks in dependency order and report the first layer that fails.

A error host name, for one, makes all later checks fail too.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from trueup.collective.diagnostics import FleetDiagnostics, NodeDiagnostics, PeerDiagnostics
from trueup.collective.job_problem import JobProblem, job_problem
from trueup.collective.job_spec import Member
from trueup.collective.node.net_probe import PROBES
from trueup.outcome import CONVERGE_REMEDY

# The check of a node that gave no diagnostics: nothing is known of it.
ENVIRONMENT = "environment"


@dataclass(frozen=True)
class DiagnosisContext:
    """What a check reads."""

    members: tuple[Member, ...]
    """The nodes, the host of the rendezvous first."""
    diagnostics: FleetDiagnostics
    """What each node reported."""

    def reported(self) -> Iterator[tuple[Member, NodeDiagnostics]]:
        """Yield each node that reported, with its diagnostics."""
        for node in self.members:
            report = self.diagnostics.by_node[node.name]
            if isinstance(report, NodeDiagnostics):
                yield node, report

    def pairs(self) -> Iterator[tuple[Member, Member, PeerDiagnostics]]:
        """Yield each ordered pair of which the first node reported."""
        for node, report in self.reported():
            for peer in self.members:
                if peer.name in report.peers:
                    yield node, peer, report.peers[peer.name]


def _fault(subject: str, node: str, peer: str | None, expected: str, actual: str, remedy: str) -> JobProblem:
    return job_problem(node, subject, peer=peer or "", expected=expected, actual=actual, remedy=remedy)


# Each rank maps a few buffers of NCCL_BUFFSIZE (4 MiB) per channel and peer (NCCL documentation, NCCL_BUFFSIZE).
SHM_FREE_MIB = 64
# Kerberos gives up at minutes and logs are unreadable at seconds; the host component holds the clock to milliseconds.
CLOCK_S = 1.0


def answers(context: DiagnosisContext) -> Iterator[JobProblem]:
    """Report nodes that gave no diagnostics."""
    for node in context.members:
        report = context.diagnostics.by_node[node.name]
        if isinstance(report, str):
            remedy = f"try it there: {node.python} -c 'import sys'; then {CONVERGE_REMEDY}"
            yield _fault(ENVIRONMENT, node.name, None, "a node that answers", report, remedy)


def shm(context: DiagnosisContext) -> Iterator[JobProblem]:
    """Report shared memory that is too small or too full."""
    for node, report in context.reported():
        if report.shm_total_mib < node.shm_mib * 0.95:
            expected, actual = f"{node.shm_mib} MiB of /dev/shm", f"{report.shm_total_mib} MiB"
            yield _fault("shared memory", node.name, None, expected, actual, CONVERGE_REMEDY)
        elif report.shm_free_mib < SHM_FREE_MIB:
            expected, actual = f"{SHM_FREE_MIB} MiB free in /dev/shm", f"{report.shm_free_mib} MiB"
            yield _fault("shared memory", node.name, None, expected, actual, "remove what lies there: ls -l /dev/shm")


def gpus(context: DiagnosisContext) -> Iterator[JobProblem]:
    """Report GPUs that NVML does not count."""
    for node, report in context.reported():
        uncountable = isinstance(report.gpus, str) and not node.cuda
        if node.gpus and report.gpus != node.gpus and not uncountable:
            actual = f"{report.gpus} GPUs" if isinstance(report.gpus, int) else report.gpus
            remedy = "see nvidia-smi -L and the kernel log there (a GPU that fell off the bus needs a reboot)"
            yield _fault("GPUs", node.name, None, f"{node.gpus} GPUs, as declared", actual, remedy)


def clock(context: DiagnosisContext) -> Iterator[JobProblem]:
    """Report clocks that are off by more than logs bear."""
    # All nodes are asked at once: each reads its clock between the start and the end.
    low, high = context.diagnostics.started_at, context.diagnostics.started_at + context.diagnostics.seconds
    for node, report in context.reported():
        off = max(low - report.clock, report.clock - high)
        if off > CLOCK_S:
            remedy = f"see chronyc tracking there; {CONVERGE_REMEDY}"
            yield _fault("clock", node.name, None, "the controller's time", f"{off:.1f} s off", remedy)


# TCP halves its window at each loss: at 2 % a 1 Gbit/s link is a slow one (Mathis et al., 1997).
LOST = 2


def names(context: DiagnosisContext) -> Iterator[JobProblem]:
    """Report names, the node's own included, that are not the declared address."""
    for node, report in context.reported():
        for peer in context.members:
            addresses = report.names.get(peer.name, ())
            if addresses != (peer.address,):
                actual = " and ".join(addresses) or "no address"
                expected = f"the name {peer.name} to be {peer.address}"
                other = None if peer is node else peer.name
                yield _fault("names", node.name, other, expected, actual, f"see /etc/hosts there; {CONVERGE_REMEDY}")


def interface(context: DiagnosisContext) -> Iterator[JobProblem]:
    """Report interfaces that are missing, down or have another address."""
    for node, report in context.reported():
        card = report.interface
        expected = f"interface {node.interface} up, with {node.address}"
        remedy = "name the right interface in the inventory (ip -br address lists them), or set it up"
        if card is None:
            yield _fault("interface", node.name, None, expected, "no such interface", remedy)
        elif not card.up or card.carrier not in ("up", "unknown"):
            yield _fault("interface", node.name, None, expected, f"it {card.carrier}", remedy)
        elif card.address != node.address:
            yield _fault("interface", node.name, None, expected, f"address {card.address}", remedy)


def link(context: DiagnosisContext) -> Iterator[JobProblem]:
    """Report links that run slower than declared."""
    for node, report in context.reported():
        speed = report.interface.speed if report.interface else None
        if speed and node.link_mbit and speed < node.link_mbit:
            expected = f"{node.interface} at {node.link_mbit} Mbit/s, as declared"
            remedy = "see ethtool there: a bad cable or port makes both ends agree on less"
            yield _fault("link", node.name, None, expected, f"{speed} Mbit/s", remedy)


def route(context: DiagnosisContext) -> Iterator[JobProblem]:
    """Report paths to a peer that leave from another address."""
    for node, peer, path in context.pairs():
        if path.source != node.address:
            expected = f"packets to {peer.address} to leave from {node.address}"
            remedy = f"see: ip route get {peer.address}"
            yield _fault("route", node.name, peer.name, expected, path.source, remedy)


def mtu(context: DiagnosisContext) -> Iterator[JobProblem]:
    """Report unequal MTUs, and paths that carry less."""
    cards = {node.name: report.interface for node, report in context.reported() if report.interface}
    sizes = {name: card.mtu for name, card in cards.items()}
    most = max(sizes.values(), default=0)
    for name, mtu in sizes.items():
        if mtu != most:
            other = next(n for n, m in sizes.items() if m == most)
            remedy = f"set one MTU on the interfaces of all nodes ({most} or {mtu})"
            yield _fault("MTU", name, other, f"MTU {most}, as on {other}", f"MTU {mtu}", remedy)
    for node, peer, path in context.pairs():
        if path.small is True and path.large is not True:
            expected = f"unfragmented packets of {sizes.get(node.name)} bytes to come back"
            actual = "none did, though small ones do" if path.large is False else str(path.large)
            remedy = "something on the way has a smaller MTU: compare ip link on both nodes and the switch"
            yield _fault("MTU", node.name, peer.name, expected, actual, remedy)


def loss(context: DiagnosisContext) -> Iterator[JobProblem]:
    """Report paths that lose packets."""
    for node, peer, path in context.pairs():
        if (path.lost or 0) >= LOST:
            remedy = "look for errors on both interfaces (ip -s link) and for a bad cable or port"
            yield _fault(
                "packet loss", node.name, peer.name, f"all of {PROBES} packets back", f"{path.lost} lost", remedy
            )


def port_holder(context: DiagnosisContext) -> Iterator[JobProblem]:
    """Report a rendezvous port that was taken since it was chosen."""
    host = context.members[0]
    report = context.diagnostics.by_node[host.name]
    owner = report.held.get(context.diagnostics.port) if isinstance(report, NodeDiagnostics) else None
    if owner:
        expected = f"port {context.diagnostics.port} free for the rendezvous"
        remedy = "end that process, which an earlier run may have left, and try again"
        yield _fault("port holder", host.name, None, expected, f"it is held by {owner}", remedy)


def rendezvous(context: DiagnosisContext) -> Iterator[JobProblem]:
    """Report paths to the rendezvous port, which only its host must have open."""
    host = context.members[0]
    for node, peer, path in context.pairs():
        error = path.ports.get(context.diagnostics.port)
        if peer is host and error:
            expected = f"port {context.diagnostics.port} of {peer.address} open"
            remedy = f"open the profile's port range between the nodes (firewall on {peer.name}?); {CONVERGE_REMEDY}"
            yield _fault("rendezvous port", node.name, peer.name, expected, error, remedy)


def ephemeral(context: DiagnosisContext) -> Iterator[JobProblem]:
    """Report closed ephemeral ports, which NCCL and Gloo take, in each direction."""
    for node, peer, path in context.pairs():
        error = path.ports.get(context.diagnostics.ephemeral)
        if error:
            expected = f"ephemeral port {context.diagnostics.ephemeral} of {peer.address} open"
            remedy = "NCCL and Gloo take any port of net.ipv4.ip_local_port_range: open it between the nodes"
            yield _fault("ephemeral ports", node.name, peer.name, expected, error, remedy)


BUSY_LOAD = 2.0

# In the order of cause.
CHECKS: tuple[Callable[[DiagnosisContext], Iterator[JobProblem]], ...] = (
    answers,
    names,
    interface,
    link,
    route,
    mtu,
    loss,
    port_holder,
    rendezvous,
    ephemeral,
    shm,
    gpus,
    clock,
)


def first_failing_check(members: Sequence[Member], diagnostics: FleetDiagnostics) -> tuple[JobProblem, ...]:
    """Return all problems of the first check that fails; empty where every check passes."""
    context = DiagnosisContext(tuple(members), diagnostics)
    for check in CHECKS:
        problems = tuple(check(context))
        if problems:
            return problems
    return ()


def notes(members: Sequence[Member], diagnostics: FleetDiagnostics) -> tuple[str, ...]:
    """Return states that are no fault and may explain one: load, and packets that could not be tried."""
    context = DiagnosisContext(tuple(members), diagnostics)
    busy = [
        f"{node.name}: load {report.load:.1f} a core: the job will be late"
        for node, report in context.reported()
        if report.load > BUSY_LOAD
    ]
    untried = [
        f"{node.name} -> {peer.name}: UDP is not answered, so the MTU of the path was not tried"
        for node, peer, path in context.pairs()
        if path.small is not True
    ]
    return (*busy, *untried)
