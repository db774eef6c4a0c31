"""Read which firewall runs, and its rules."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyinfra.api.facts import FactBase

from trueup.platforms import FirewallName

# The chains of `nft list ruleset` that packets to this node pass, and their rules that accept.
_NFT = (
    '/^table /{t=$2" "$3} /^[ \\t]+chain /{c=$2; i=0} /hook input/{i=1; print "chain "t" "c} '
    'i && /accept/ && !/hook input/{sub(/^[ \\t]+/, ""); print "rule "t" "c" "$0}'
)
# Permanent rules and running ones both count: a rule in one alone is lost, or not yet there.
_ASK: dict[FirewallName, str] = {
    "firewalld": (
        "if command -v firewall-cmd >/dev/null && firewall-cmd --state >/dev/null 2>&1; then "
        "echo firewalld; firewall-cmd --list-rich-rules | sed 's/^/runtime /'; "
        "firewall-cmd --permanent --list-rich-rules | sed 's/^/permanent /'; "
    ),
    "ufw": (
        "if command -v ufw >/dev/null && LC_ALL=C ufw status | grep -q '^Status: active'; then "
        "echo ufw; LC_ALL=C ufw show added | sed -n 's/^ufw //p'; "
    ),
    "nftables": (
        "if command -v nft >/dev/null && systemctl -q is-active nftables; then "
        f"echo nftables; nft list ruleset | awk '{_NFT}'; "
    ),
}


@dataclass(frozen=True)
class FirewallInfo:
    """kind: the firewall that runs, or "none"; rules: its own words."""

    kind: str
    rules: tuple[str, ...]


class Firewall(FactBase[FirewallInfo]):
    """The first of those that may run on a distribution which does run."""

    def command(self, kinds: tuple[FirewallName, ...]) -> str:
        """In order, because firewalld and ufw write nftables' rules themselves."""
        return "el".join(_ASK[kind] for kind in kinds) + "else echo none; fi"

    def process(self, output: Iterable[str]) -> FirewallInfo:
        """Its name, then its rules as printed."""
        kind, *rules = [*output] or ["none"]
        return FirewallInfo(kind, tuple(rules))
