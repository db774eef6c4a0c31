"""Open the collective's ports between nodes where a firewall runs, permanently."""

from collections.abc import Iterator
from shlex import quote

from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import shell_commands
from deploy.facts.files import PathState
from deploy.facts.firewall import Firewall, FirewallInfo
from deploy.operations import Commands
from trueup.platforms import Distro

# NCCL and Gloo listen on these as well: opening the rendezvous port alone is not enough
# (NVIDIA/nccl #388, pytorch/pytorch #44544). Linux, ip_local_port_range.
EPHEMERAL = "32768-60999"


@operation()
def open_ports(distro: Distro, peers: list[str], first: int, last: int) -> Commands:
    """Open the collective's and the ephemeral ports for the peers' addresses only."""
    actual = host.get_fact(Firewall, kinds=distro.firewalls)
    ranges = (f"{first}-{last}", EPHEMERAL)
    if actual.kind == "firewalld":
        yield from _firewalld(actual, peers, ranges)
    elif actual.kind == "ufw":
        for peer in peers:
            if (rule := f"allow from {peer} to any proto tcp") not in actual.rules:
                yield f"ufw {' '.join(map(quote, rule.split()))}"
    elif actual.kind == "nftables":
        yield from _nftables(actual, peers, ranges, distro.nft_file)


def _family(peer: str) -> str:
    return "6" if ":" in peer else "4"


def _firewalld(actual: FirewallInfo, peers: list[str], ranges: tuple[str, ...]) -> Iterator[str]:
    for peer in peers:
        for ports in ranges:
            source = f'rule family="ipv{_family(peer)}" source address="{peer}"'
            rule = f'{source} port port="{ports}" protocol="tcp" accept'
            if f"permanent {rule}" not in actual.rules:
                yield f"firewall-cmd --permanent --add-rich-rule {quote(rule)}"
            if f"runtime {rule}" not in actual.rules:
                yield f"firewall-cmd --add-rich-rule {quote(rule)}"


def _nftables(actual: FirewallInfo, peers: list[str], ranges: tuple[str, ...], path: str) -> Iterator[str]:
    """Insert rules at the head of every input chain, and into the file read at boot (nft(8))."""
    chains = [rule.removeprefix("chain ") for rule in actual.rules if rule.startswith("chain ")]
    words = {"4": "ip", "6": "ip6"}
    rules = [
        f'{chain} {words[_family(peer)]} saddr {peer} tcp dport {{ {", ".join(ranges)} }} accept comment "trueup"'
        for chain in chains
        for peer in peers
    ]
    for rule in rules:
        if f"rule {rule}" not in actual.rules:
            yield f"nft {quote(f'insert rule {rule}')}"
    file = host.get_fact(PathState, path=path)
    old = file.content if file else ""
    expected = shell_commands.with_block(old, [f"insert rule {rule}" for rule in rules])
    if rules and old != expected:
        yield shell_commands.write_file(path, expected, mode=file.mode if file else "755", user="root", group="root")
