"""Check which node reaches which peer, by key and name."""

from collections.abc import Callable
from shlex import quote

from trueup.accept.checks import FleetUnderTest, between, mesh, pairs, require, tier
from trueup.remote_shell import Result

SSH = "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=10"


def _require_name(target: str, result: Result) -> None:
    """Fail unless the command printed the target's name."""
    require(
        (0, target) == (result.rc, result.text.strip()),
        expected=f"status 0 and the name {target}",
        actual=f"status {result.rc} and {result.text.strip()!r}: {result.err_text.strip()}",
    )


def _as(account: str, command: str) -> str:
    """The command as another account, by util-linux's runuser."""
    return f"cd / && runuser -u {quote(account)} -- {command}"


@tier("standard")
@between("edge", mesh)
def test_node_reaches_node(fleet: FleetUnderTest, edge: tuple[str, str, str]) -> None:
    """A login that prompts makes the launcher hang."""
    account, source, target = edge
    result = fleet.run(source, _as(account, f"{SSH} {quote(target)} hostname"), timeout=30)

    _require_name(target, result)


@tier("standard")
@between("edge", mesh)
def test_node_reaches_node_by_address(fleet: FleetUnderTest, edge: tuple[str, str, str]) -> None:
    """A key pinned for the name alone stops launchers that use addresses."""
    account, source, target = edge
    address = fleet.node(target).address
    result = fleet.run(source, _as(account, f"{SSH} {quote(address)} hostname"), timeout=30)

    _require_name(target, result)


@between("pair", pairs)
def test_name_resolves_to_the_declared_address(fleet: FleetUnderTest, pair: tuple[str, str]) -> None:
    """Different addresses under one name make ranks wait for each other without end."""
    source, target = pair
    result = fleet.run(source, f"getent ahostsv4 {quote(target)} | cut -d' ' -f1 | sort -u", timeout=30)

    assert [fleet.node(target).address] == result.text.split()


@between("pair", pairs)
def test_pinned_host_key_is_the_real_one(fleet: FleetUnderTest, pair: tuple[str, str]) -> None:
    """A pinned key that is not the peer's means a reinstalled machine, or an attacker between the nodes."""
    source, target = pair
    real = fleet.run(target, "cut -d' ' -f1,2 /etc/ssh/ssh_host_*_key.pub | sort", timeout=30).text.split("\n")
    pinned = fleet.run(
        source,
        f"ssh-keygen -F {quote(target)} -f /etc/ssh/ssh_known_hosts | grep -v '^#' | cut -d' ' -f2,3 | sort",
        timeout=30,
    ).text.split("\n")

    assert real == pinned


@between("target", lambda nodes, profiles: sorted({(e[2], e[0]) for e in mesh(nodes, profiles)}))
def test_only_declared_keys_may_log_in(
    fleet: FleetUnderTest, target: tuple[str, str], note: Callable[[str], None]
) -> None:
    """An undeclared key lets its owner log in."""
    name, account = target
    profile = fleet.profile
    path = f"{profile.account(account).home}/.ssh/authorized_keys"
    found = fleet.run(name, f"cat {quote(path)}", timeout=30).text.splitlines()
    sources = [edge[1] for edge in mesh(fleet.nodes, fleet.profiles) if (edge[2], edge[0]) == target]
    derive = f"cat {quote(profile.key_path(account))} | ssh-keygen -y -P '' -f /dev/stdin"
    peers = {_body(fleet.run(source, derive, timeout=30).text): _options(fleet, source) for source in sources}
    declared = set(peers)
    declared |= {_body(line) for line in profile.access.operator_keys}
    present = {_body(line) for line in found if line and not line.startswith("#")}
    foreign = [line for line in found if line and not line.startswith("#") and _body(line) not in declared]

    keys = [line for line in found if _body(line) in peers]

    assert declared <= present
    unrestricted = [line for line in keys if not line.startswith(peers[_body(line)])]
    require(not unrestricted, expected="the declared options before each key of a peer", actual=unrestricted)
    if profile.access.exclusive:
        require(not foreign, expected="declared keys only", actual=foreign)
    elif foreign:
        note(f"{name}: keys that nobody declared may log in as {account}: {foreign}")


def _options(fleet: FleetUnderTest, source: str) -> str:
    """What stands before the key of a source, as declared (sshd(8))."""
    words = {"from": f'from="{fleet.node(source).address}"', "restrict": "restrict"}
    return "".join([",".join(words[each] for each in fleet.profile.access.mesh_options), " "]).lstrip() or "ssh-"


def _body(line: str) -> str:
    """The key itself: the word after its type; options and comments differ freely."""
    words = line.split()
    return next(
        (words[i + 1] for i, word in enumerate(words[:-1]) if word.startswith(("ssh-", "ecdsa-", "sk-"))),
        line,
    )
