"""The collective's ports, where a firewall runs: opened for the peers, now and after a reboot, and only once."""

import pytest

from tests.deploy.fleet import Run, addresses, run
from tests.deploy.golden_text import lines
from tests.deploy.healthy_node import ANCHOR, converged
from tests.deploy.machine import File, Machine

NAMES = [ANCHOR, "el", "ubuntu", "deb", "el-open", "ubuntu-open", "deb-open", "el-half", "deb-half"]
WHERE = addresses(NAMES)
PEER = WHERE[ANCHOR]
RANGES = ("29500-29519", "32768-60999")
CHAIN = "inet filter input"
NFT = [
    f'{CHAIN} ip saddr {WHERE[name]} tcp dport {{ {", ".join(RANGES)} }} accept comment "trueup"'
    for name in sorted(NAMES, key=WHERE.__getitem__)
]


def rich(name: str, ports: str) -> str:
    return f'rule family="ipv4" source address="{WHERE[name]}" port port="{ports}" protocol="tcp" accept'


def others(name: str) -> list[str]:
    return sorted((each for each in NAMES if each != name), key=WHERE.__getitem__)


def firewalld(name: str, *, kinds: tuple[str, ...]) -> list[str]:
    rules = [rich(each, ports) for each in others(name) for ports in RANGES]
    return ["firewalld", *(f"{kind} {rule}" for kind in kinds for rule in rules)]


def nft_block(name: str) -> str:
    rules = [f"insert rule {rule}" for rule in NFT if f"saddr {WHERE[name]} " not in rule]
    return "\n".join(["flush ruleset", "# BEGIN trueup", *rules, "# END trueup", ""])


def machine(name: str) -> Machine:
    family = {"e": ("rocky", "9.4"), "u": ("ubuntu", "22.04"), "d": ("debian", "11"), "a": ("debian", "12")}[name[0]]
    actual = converged(name, *family, WHERE)
    if name.startswith("el"):
        kinds = {"el": (), "el-open": ("permanent", "runtime"), "el-half": ("permanent",)}[name]
        actual.firewall = firewalld(name, kinds=kinds)
    elif name.startswith("ubuntu"):
        open_ = [f"allow from {WHERE[each]} to any proto tcp" for each in others(name)]
        actual.firewall = ["ufw", *(open_ if name == "ubuntu-open" else [])]
    elif name.startswith("deb"):
        rules = [f"rule {rule}" for rule in NFT if f"saddr {WHERE[name]} " not in rule]
        actual.firewall = ["nftables", f"chain {CHAIN}", *(rules if name != "deb" else [])]
        actual.files["/etc/nftables.conf"] = File(nft_block(name) if name == "deb-open" else "flush ruleset\n")
    return actual


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run that executes."""
    return run(tmp_path_factory.mktemp("sent"), [machine(name) for name in NAMES], mode=("-y",))


def output(sent: Run, name: str) -> list[str]:
    """What is said to the firewall, or written into its file."""
    words = ("firewall-cmd --permanent --add", "firewall-cmd --add", "ufw allow", "nft 'insert", "umask 077")
    actual = [each for each in sent.commands[name] if each.startswith(words)]
    return [line for each in actual for line in lines(each, name, [])]


def test_firewalld_gets_permanent_and_runtime_rules(sent: Run) -> None:
    """--permanent alone waits for the next boot, and a running rule alone is lost by it."""
    expected = [
        f"firewall-cmd {kind}--add-rich-rule '{rich(each, ports)}'"
        for each in others("el")
        for ports in RANGES
        for kind in ("--permanent ", "")
    ]

    assert expected == output(sent, "el")


def test_what_is_only_permanent_is_made_to_run(sent: Run) -> None:
    """Somebody wrote it down and did not reload."""
    rules = [rich(each, ports) for each in others("el-half") for ports in RANGES]

    assert [f"firewall-cmd --add-rich-rule '{rule}'" for rule in rules] == output(sent, "el-half")


def test_ufw_gets_each_rule_once(sent: Run) -> None:
    """ufw keeps its rules by itself."""
    assert [f"ufw allow from {WHERE[each]} to any proto tcp" for each in others("ubuntu")] == output(sent, "ubuntu")


def test_nftables_runs_and_keeps_the_rules(sent: Run) -> None:
    """At the head of the chain, before anything that drops; the service's own file says the same at boot."""
    rules = [rule for rule in NFT if f"saddr {WHERE['deb']} " not in rule]
    file = ["WRITE /etc/nftables.conf 644 root:root", *(f"    {line}" for line in nft_block("deb").splitlines())]

    assert [*(f"nft 'insert rule {rule}'" for rule in rules), *file] == output(sent, "deb")


def test_rules_that_run_are_still_written_down(sent: Run) -> None:
    """The next boot is without what stands in no file."""
    assert "WRITE /etc/nftables.conf 644 root:root" == output(sent, "deb-half")[0]


@pytest.mark.parametrize("name", ["el-open", "ubuntu-open", "deb-open", ANCHOR])
def test_open_firewall_is_not_changed(sent: Run, name: str) -> None:
    """A second converge changes nothing; where no firewall runs there is nothing to open."""
    assert [] == output(sent, name)
