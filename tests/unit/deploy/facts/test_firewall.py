"""What a node says of its firewall, asked of stand-ins for its tools on PATH."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.facts.firewall import Firewall, FirewallInfo

RULESET = """\
table inet filter {
\tchain input {
\t\ttype filter hook input priority filter; policy drop;
\t\tct state established,related accept
\t\tip saddr 10.0.0.2 tcp dport { 29500-29519, 32768-60999 } accept comment "trueup"
\t}

\tchain forward {
\t\ttype filter hook forward priority filter; policy accept;
\t\tip saddr 10.9.9.9 accept
\t}
}
"""
TOOLS = {
    "firewall-cmd": 'case "$*" in --state) exit "${OFF:-0}";; *permanent*) echo P;; *) echo R;; esac',
    "ufw": 'if [ "$1" = status ]; then echo "Status: ${UFW:-inactive}"; else echo "ufw allow 22"; fi',
    "nft": f"cat <<'END'\n{RULESET}END",
    "systemctl": "exit 0",
}


def ask(folder: Path, *tools: str, **environment: str) -> FirewallInfo:
    """The fact, with only these firewalls installed."""
    for name in tools:
        (folder / name).write_text(f"#!/bin/sh\n{TOOLS[name]}\n")
        (folder / name).chmod(0o755)
    command = Firewall().command(("firewalld", "ufw", "nftables"))
    path = f"{folder}:/usr/bin:/bin"
    done = subprocess.run(["sh", "-c", command], env={"PATH": path, **environment}, capture_output=True, check=True)
    return Firewall().process(done.stdout.decode().splitlines())


@pytest.mark.parametrize("shell", ["sh", "bash"])
@pytest.mark.parametrize("kinds", [("firewalld", "nftables"), ("firewalld", "ufw", "nftables")])
def test_every_distribution_s_question_is_shell(shell: str, kinds: tuple[str, ...]) -> None:
    """Each list of firewalls makes one if, elif, else."""
    command = Firewall().command(kinds)  # type: ignore[arg-type]  # parametrize has no literals

    assert 0 == subprocess.run([shell, "-n", "-c", command], check=False).returncode


def test_firewalld_lists_both_kinds_of_rules(tmp_path: Path) -> None:
    """A rule that is only permanent or only running is told as such."""
    assert FirewallInfo("firewalld", ("runtime R", "permanent P")) == ask(tmp_path, "firewall-cmd", "ufw", "nft")


def test_installed_and_off_is_none(tmp_path: Path) -> None:
    """What does not run lets everything in."""
    assert FirewallInfo("none", ()) == ask(tmp_path, "firewall-cmd", "ufw", OFF="1")


def test_ufw_lists_its_rules(tmp_path: Path) -> None:
    """In its own words, without its name."""
    assert FirewallInfo("ufw", ("allow 22",)) == ask(tmp_path, "firewall-cmd", "ufw", OFF="1", UFW="active")


def test_nftables_lists_the_chains_that_packets_to_the_node_pass(tmp_path: Path) -> None:
    """Rules of other chains open nothing."""
    actual = ask(tmp_path, "nft", "systemctl")

    assert ("nftables", "chain inet filter input") == (actual.kind, actual.rules[0])
    assert (
        'rule inet filter input ip saddr 10.0.0.2 tcp dport { 29500-29519, 32768-60999 } accept comment "trueup"'
        in actual.rules
    )
    assert [] == [rule for rule in actual.rules if "10.9.9.9" in rule]


@given(st.lists(st.text(max_size=30), max_size=8))
def test_whatever_is_printed_is_an_answer(lines: list[str]) -> None:
    """Hostile words end nothing."""
    assert lines[1:] == list(Firewall().process(lines).rules)
