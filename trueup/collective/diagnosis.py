"""The diagnosis: quick looks from each node to each other, read rung by rung; the first broken one is named.

The order is that of cause: a name that is wrong breaks everything above it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from trueup.collective import diagnosis
from trueup.collective.diagnostics import FleetDiagnostics, NodeDiagnostics, Peer
from trueup.collective.job_spec import Member
from trueup.collective.node.net_probe import PROBES

CONVERGE = "converge it: pyinfra inventory.py deploy/site.py"


@dataclass(frozen=True)
class NetworkFault:
    """One thing that is broken: where, seen towards whom, wanted and found, and what to do."""

    rung: str
    node: str
    peer: str | None
    wanted: str
    found: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.node} -> {self.peer}" if self.peer else self.node
        return f"{where}: {self.rung}: wanted {self.wanted}, found {self.found}. {self.remedy}"


@dataclass(frozen=True)
class DiagnosisContext:
    """What a rung reads: the members, the host of the rendezvous first, and what each saw."""

    members: tuple[Member, ...]
    looks: FleetDiagnostics

    def seen(self) -> Iterator[tuple[Member, NodeDiagnostics]]:
        """Each node that looked, with its look."""
        for here in self.members:
            look = self.looks.by_node[here.name]
            if isinstance(look, NodeDiagnostics):
                yield here, look

    def pairs(self) -> Iterator[tuple[Member, Member, Peer]]:
        """Each ordered pair of which the first one looked."""
        for here, look in self.seen():
            for there in self.members:
                if there.name in look.peers:
                    yield here, there, look.peers[there.name]


# Each rank maps a few buffers of NCCL_BUFFSIZE (4 MiB) per channel and peer (NCCL documentation, NCCL_BUFFSIZE).
SHM_FREE_MIB = 64
# Kerberos gives up at minutes and logs are unreadable at seconds; the host component holds the clock to milliseconds.
CLOCK_S = 1.0


def answers(context: DiagnosisContext) -> Iterator[NetworkFault]:
    """A node that did not look at all."""
    for here in context.members:
        look = context.looks.by_node[here.name]
        if isinstance(look, str):
            remedy = f"try it there: {here.python} -c 'import sys'; then {CONVERGE}"
            yield NetworkFault("environment", here.name, None, "a node that answers", look, remedy)


def shm(context: DiagnosisContext) -> Iterator[NetworkFault]:
    """Shared memory, in all and free."""
    for here, look in context.seen():
        if look.shm_total_mib < here.shm_mib * 0.95:
            wanted, found = f"{here.shm_mib} MiB of /dev/shm", f"{look.shm_total_mib} MiB"
            yield NetworkFault("shared memory", here.name, None, wanted, found, CONVERGE)
        elif look.shm_free_mib < SHM_FREE_MIB:
            wanted, found = f"{SHM_FREE_MIB} MiB free in /dev/shm", f"{look.shm_free_mib} MiB"
            yield NetworkFault(
                "shared memory", here.name, None, wanted, found, "remove what lies there: ls -l /dev/shm"
            )


def gpus(context: DiagnosisContext) -> Iterator[NetworkFault]:
    """GPUs as NVML counts them."""
    for here, look in context.seen():
        unseen = isinstance(look.gpus, str) and not here.cuda
        if here.gpus and look.gpus != here.gpus and not unseen:
            found = f"{look.gpus} GPUs" if isinstance(look.gpus, int) else look.gpus
            remedy = "see nvidia-smi -L and the kernel log there (a GPU that fell off the bus needs a reboot)"
            yield NetworkFault("GPUs", here.name, None, f"{here.gpus} GPUs, as declared", found, remedy)


def clock(context: DiagnosisContext) -> Iterator[NetworkFault]:
    """A clock that is off by more than logs bear."""
    # Asked at once, so an answer lies between the question and the end of the look.
    low, high = context.looks.asked_at, context.looks.asked_at + context.looks.seconds
    for here, look in context.seen():
        off = max(low - look.clock, look.clock - high)
        if off > CLOCK_S:
            remedy = f"see chronyc tracking there; {CONVERGE}"
            yield NetworkFault("clock", here.name, None, "the controller's time", f"{off:.1f} s off", remedy)


# TCP halves its window at each loss: at 2 % a 1 Gbit/s link is a slow one (Mathis et al., 1997).
LOST = 2


def names(context: DiagnosisContext) -> Iterator[NetworkFault]:
    """A name that is not the declared address, its own included."""
    for here, look in context.seen():
        for there in context.members:
            found = look.names.get(there.name, ())
            if found != (there.address,):
                text = " and ".join(found) or "no address"
                wanted = f"the name {there.name} to be {there.address}"
                peer = None if there is here else there.name
                yield NetworkFault("names", here.name, peer, wanted, text, f"see /etc/hosts there; {CONVERGE}")


def interface(context: DiagnosisContext) -> Iterator[NetworkFault]:
    """An interface that is missing, down or has another address."""
    for here, look in context.seen():
        card = look.interface
        wanted = f"interface {here.interface} up, with {here.address}"
        remedy = "name the right interface in the inventory (ip -br address lists them), or set it up"
        if card is None:
            yield NetworkFault("interface", here.name, None, wanted, "no such interface", remedy)
        elif not card.up or card.carrier not in ("up", "unknown"):
            yield NetworkFault("interface", here.name, None, wanted, f"it {card.carrier}", remedy)
        elif card.address != here.address:
            yield NetworkFault("interface", here.name, None, wanted, f"address {card.address}", remedy)


def link(context: DiagnosisContext) -> Iterator[NetworkFault]:
    """An interface that says that it runs slower than declared."""
    for here, look in context.seen():
        speed = look.interface.speed if look.interface else None
        if speed and here.link_mbit and speed < here.link_mbit:
            wanted = f"{here.interface} at {here.link_mbit} Mbit/s, as declared"
            remedy = "see ethtool there: a bad cable or port makes both ends agree on less"
            yield NetworkFault("link", here.name, None, wanted, f"{speed} Mbit/s", remedy)


def route(context: DiagnosisContext) -> Iterator[NetworkFault]:
    """A way to a peer that leaves from another address."""
    for here, there, peer in context.pairs():
        if peer.source != here.address:
            wanted = f"packets to {there.address} to leave from {here.address}"
            remedy = f"see: ip route get {there.address}"
            yield NetworkFault("route", here.name, there.name, wanted, peer.source, remedy)


def mtu(context: DiagnosisContext) -> Iterator[NetworkFault]:
    """Unequal MTUs, and paths that carry less."""
    cards = {here.name: look.interface for here, look in context.seen() if look.interface}
    sizes = {name: card.mtu for name, card in cards.items()}
    most = max(sizes.values(), default=0)
    for name, mtu in sizes.items():
        if mtu != most:
            other = next(n for n, m in sizes.items() if m == most)
            remedy = f"set one MTU on the interfaces of all nodes ({most} or {mtu})"
            yield NetworkFault("MTU", name, other, f"MTU {most}, as on {other}", f"MTU {mtu}", remedy)
    for here, there, peer in context.pairs():
        if peer.small is True and peer.large is not True:
            wanted = f"unfragmented packets of {sizes.get(here.name)} bytes to come back"
            found = "none did, though small ones do" if peer.large is False else str(peer.large)
            remedy = "something on the way has a smaller MTU: compare ip link on both nodes and the switch"
            yield NetworkFault("MTU", here.name, there.name, wanted, found, remedy)


def loss(context: DiagnosisContext) -> Iterator[NetworkFault]:
    """Packets that never come back."""
    for here, there, peer in context.pairs():
        if (peer.lost or 0) >= LOST:
            remedy = "look for errors on both interfaces (ip -s link) and for a bad cable or port"
            yield NetworkFault(
                "packet loss", here.name, there.name, f"all of {PROBES} packets back", f"{peer.lost} lost", remedy
            )


def holder(context: DiagnosisContext) -> Iterator[NetworkFault]:
    """The rendezvous port, taken by somebody since it was chosen."""
    host = context.members[0]
    look = context.looks.by_node[host.name]
    who = look.held.get(context.looks.port) if isinstance(look, NodeDiagnostics) else None
    if who:
        wanted = f"port {context.looks.port} free for the rendezvous"
        remedy = "end that process, which an earlier run may have left, and try again"
        yield NetworkFault("port holder", host.name, None, wanted, f"it is held by {who}", remedy)


def rendezvous(context: DiagnosisContext) -> Iterator[NetworkFault]:
    """The rendezvous port, which only its host must have open."""
    host = context.members[0]
    for here, there, peer in context.pairs():
        wrong = peer.ports.get(context.looks.port)
        if there is host and wrong:
            wanted = f"port {context.looks.port} of {there.address} open"
            remedy = f"open the profile's port range between the nodes (firewall on {there.name}?); {CONVERGE}"
            yield NetworkFault("rendezvous port", here.name, there.name, wanted, wrong, remedy)


def ephemeral(context: DiagnosisContext) -> Iterator[NetworkFault]:
    """A port as NCCL and Gloo take them, each way."""
    for here, there, peer in context.pairs():
        wrong = peer.ports.get(context.looks.ephemeral)
        if wrong:
            wanted = f"ephemeral port {context.looks.ephemeral} of {there.address} open"
            remedy = "NCCL and Gloo take any port of net.ipv4.ip_local_port_range: open it between the nodes"
            yield NetworkFault("ephemeral ports", here.name, there.name, wanted, wrong, remedy)


BUSY_LOAD = 2.0

RUNGS: tuple[Callable[[DiagnosisContext], Iterator[NetworkFault]], ...] = (
    diagnosis.answers,
    diagnosis.names,
    diagnosis.interface,
    diagnosis.link,
    diagnosis.route,
    diagnosis.mtu,
    diagnosis.loss,
    diagnosis.holder,
    diagnosis.rendezvous,
    diagnosis.ephemeral,
    diagnosis.shm,
    diagnosis.gpus,
    diagnosis.clock,
)


def climb(members: Sequence[Member], looks: FleetDiagnostics) -> tuple[NetworkFault, ...]:
    """All findings of the first broken rung; empty when every rung holds."""
    context = DiagnosisContext(tuple(members), looks)
    for rung in RUNGS:
        findings = tuple(rung(context))
        if findings:
            return findings
    return ()


def notes(members: Sequence[Member], looks: FleetDiagnostics) -> tuple[str, ...]:
    """What is no fault and may explain one: load, and packets that could not be tried."""
    context = DiagnosisContext(tuple(members), looks)
    busy = [
        f"{here.name}: load {look.load:.1f} a core: the job will be late"
        for here, look in context.seen()
        if look.load > BUSY_LOAD
    ]
    deaf = [
        f"{here.name} -> {there.name}: UDP is not answered, so the MTU of the path was not tried"
        for here, there, peer in context.pairs()
        if peer.small is not True
    ]
    return (*busy, *deaf)
