"""The rungs between nodes: each reads the looks and yields what is broken on it."""

from collections.abc import Iterator

from trueup.collective.ears import PROBES
from trueup.collective.finding import CONVERGE, Context, Finding
from trueup.collective.looks import Look

# TCP halves its window at each loss: at 2 % a 1 Gbit/s link is a slow one (Mathis et al., 1997).
LOST = 2


def names(context: Context) -> Iterator[Finding]:
    """A name that is not the declared address, its own included."""
    for here, look in context.seen():
        for there in context.members:
            found = look.names.get(there.name, ())
            if found != (there.address,):
                text = " and ".join(found) or "no address"
                wanted = f"the name {there.name} to be {there.address}"
                peer = None if there is here else there.name
                yield Finding("names", here.name, peer, wanted, text, f"see /etc/hosts there; {CONVERGE}")


def interface(context: Context) -> Iterator[Finding]:
    """An interface that is missing, down or has another address."""
    for here, look in context.seen():
        card = look.interface
        wanted = f"interface {here.interface} up, with {here.address}"
        remedy = "name the right interface in the inventory (ip -br address lists them), or set it up"
        if card is None:
            yield Finding("interface", here.name, None, wanted, "no such interface", remedy)
        elif not card.up or card.carrier not in ("up", "unknown"):
            yield Finding("interface", here.name, None, wanted, f"it {card.carrier}", remedy)
        elif card.address != here.address:
            yield Finding("interface", here.name, None, wanted, f"address {card.address}", remedy)


def link(context: Context) -> Iterator[Finding]:
    """An interface that says that it runs slower than declared."""
    for here, look in context.seen():
        speed = look.interface.speed if look.interface else None
        if speed and here.link_mbit and speed < here.link_mbit:
            wanted = f"{here.interface} at {here.link_mbit} Mbit/s, as declared"
            remedy = "see ethtool there: a bad cable or port makes both ends agree on less"
            yield Finding("link", here.name, None, wanted, f"{speed} Mbit/s", remedy)


def route(context: Context) -> Iterator[Finding]:
    """A way to a peer that leaves from another address."""
    for here, there, peer in context.pairs():
        if peer.source != here.address:
            wanted = f"packets to {there.address} to leave from {here.address}"
            remedy = f"see: ip route get {there.address}"
            yield Finding("route", here.name, there.name, wanted, peer.source, remedy)


def mtu(context: Context) -> Iterator[Finding]:
    """Unequal MTUs, and paths that carry less."""
    cards = {here.name: look.interface for here, look in context.seen() if look.interface}
    sizes = {name: card.mtu for name, card in cards.items()}
    most = max(sizes.values(), default=0)
    for name, mtu in sizes.items():
        if mtu != most:
            other = next(n for n, m in sizes.items() if m == most)
            remedy = f"set one MTU on the interfaces of all nodes ({most} or {mtu})"
            yield Finding("MTU", name, other, f"MTU {most}, as on {other}", f"MTU {mtu}", remedy)
    for here, there, peer in context.pairs():
        if peer.small is True and peer.large is not True:
            wanted = f"unfragmented packets of {sizes.get(here.name)} bytes to come back"
            found = "none did, though small ones do" if peer.large is False else str(peer.large)
            remedy = "something on the way has a smaller MTU: compare ip link on both nodes and the switch"
            yield Finding("MTU", here.name, there.name, wanted, found, remedy)


def loss(context: Context) -> Iterator[Finding]:
    """Packets that never come back."""
    for here, there, peer in context.pairs():
        if (peer.lost or 0) >= LOST:
            remedy = "look for errors on both interfaces (ip -s link) and for a bad cable or port"
            yield Finding(
                "packet loss", here.name, there.name, f"all of {PROBES} packets back", f"{peer.lost} lost", remedy
            )


def holder(context: Context) -> Iterator[Finding]:
    """The rendezvous port, taken by somebody since it was chosen."""
    host = context.members[0]
    look = context.looks.by_node[host.name]
    who = look.held.get(context.looks.port) if isinstance(look, Look) else None
    if who:
        wanted = f"port {context.looks.port} free for the rendezvous"
        remedy = "end that process, which an earlier run may have left, and try again"
        yield Finding("port holder", host.name, None, wanted, f"it is held by {who}", remedy)


def rendezvous(context: Context) -> Iterator[Finding]:
    """The rendezvous port, which only its host must have open."""
    host = context.members[0]
    for here, there, peer in context.pairs():
        wrong = peer.ports.get(context.looks.port)
        if there is host and wrong:
            wanted = f"port {context.looks.port} of {there.address} open"
            remedy = f"open the profile's port range between the nodes (firewall on {there.name}?); {CONVERGE}"
            yield Finding("rendezvous port", here.name, there.name, wanted, wrong, remedy)


def ephemeral(context: Context) -> Iterator[Finding]:
    """A port as NCCL and Gloo take them, each way."""
    for here, there, peer in context.pairs():
        wrong = peer.ports.get(context.looks.ephemeral)
        if wrong:
            wanted = f"ephemeral port {context.looks.ephemeral} of {there.address} open"
            remedy = "NCCL and Gloo take any port of net.ipv4.ip_local_port_range: open it between the nodes"
            yield Finding("ephemeral ports", here.name, there.name, wanted, wrong, remedy)
