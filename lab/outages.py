"""Inject faults of the network and of power into a node, not through ssh, and clear them."""

from shlex import quote

from lab.errors import LabError
from lab.node import LabNode

CHAIN = "LAB-FAULT"
INTERFACE = "eth0"
MTU = 1500  # of the bridge, as Podman makes it
# tc-tbf(8): the bucket holds at least rate/HZ; 256 kB do for 10 Gbit/s at the kernel's 250 Hz and are
# small enough that a 1 Gbit/s link shows as one within some milliseconds.
BUCKET = "256kb"


def _rule(node: LabNode, match: str) -> None:
    """Drop packets that match, in both directions; the chain has all of the lab's rules and no other."""
    script = f"""set -eu
iptables -w -n -L {CHAIN} >/dev/null 2>&1 || iptables -w -N {CHAIN}
for hook in INPUT OUTPUT; do
    iptables -w -C $hook -j {CHAIN} 2>/dev/null || iptables -w -I $hook -j {CHAIN}
done
iptables -w -A {CHAIN} {match} -j DROP
"""
    node.execute(script)


def drop_port(node: LabNode, first: int, last: int | None = None, *, protocol: str = "tcp") -> None:
    """Drop packets to the ports first..last, at the node and from it."""
    _rule(node, f"-p {quote(protocol)} --dport {first}:{last or first}")


def drop_peer(node: LabNode, peer: str) -> None:
    """Drop everything to and from one address."""
    _rule(node, f"-s {quote(peer)}")
    _rule(node, f"-d {quote(peer)}")


def lose(node: LabNode, peer: str, share: float) -> None:
    """Lose that share (0..1) of the packets that come from one address, at random."""
    _rule(node, f"-s {quote(peer)} -m statistic --mode random --probability {share:.4f}")


def set_mtu(node: LabNode, size: int) -> None:
    """Give the interface another MTU, in bytes."""
    node.execute(f"ip link set {INTERFACE} mtu {size}")


def link_down(node: LabNode) -> None:
    """Take the link down, as a pulled cable does."""
    node.execute(f"ip link set {INTERFACE} down")


def can_shape(node: LabNode, kind: str = "tbf") -> bool:
    """Return whether this kernel has that queueing discipline ("tbf", "netem"): tried on the loopback."""
    parameters = {"tbf": "rate 100mbit burst 32kb latency 50ms", "netem": "delay 1ms"}[kind]
    add = f"tc qdisc add dev lo root {kind} {parameters}"
    script = f"if {add} 2>/dev/null; then tc qdisc del dev lo root; echo yes; else echo no; fi"
    return node.execute(script).strip() == "yes"


def limit_rate(node: LabNode, megabits: int) -> None:
    """Let the node send no more than that, in Mbit/s; raises LabError where the kernel has no tbf."""
    if not can_shape(node):
        raise LabError(
            "limit the link's rate",
            node=node.name,
            expected="a kernel with the queueing discipline tbf",
            actual="`tc qdisc add ... tbf` refused",
            remedy="load sch_tbf on this machine: modprobe sch_tbf",
        )
    shape = f"tbf rate {megabits}mbit burst {BUCKET} latency 50ms"
    node.execute(f"tc qdisc replace dev {INTERFACE} root {shape}")


def pause(node: LabNode) -> None:
    """Freeze every process of it: it answers nothing, and its connections stay open."""
    node.podman.call("pause", node.container, step="freeze the node", node=node.name)


def power_off(node: LabNode) -> None:
    """Power it off at once; it stays off."""
    node.podman.call("stop", "--time=0", node.container, step="power off", node=node.name)


def clear(node: LabNode) -> None:
    """Clear every fault of the network; the node must run commands."""
    gateway = quote(node.instance.gateway)
    node.execute(f"""set -eu
for hook in INPUT OUTPUT; do
    while iptables -w -C $hook -j {CHAIN} 2>/dev/null; do iptables -w -D $hook -j {CHAIN}; done
done
if iptables -w -n -L {CHAIN} >/dev/null 2>&1; then iptables -w -F {CHAIN}; iptables -w -X {CHAIN}; fi
for kind in tbf netem; do
    if tc qdisc show dev {INTERFACE} root | grep -q " $kind "; then tc qdisc del dev {INTERFACE} root; fi
done
ip link set {INTERFACE} mtu {MTU} up
ip route replace default via {gateway} dev {INTERFACE}
""")
