"""Converge accounts, keys, and the trust between them."""

from shlex import quote

from pyinfra.api.exceptions import OperationError
from pyinfra.api.operation import operation
from pyinfra.context import host, state

from deploy import shell_commands
from deploy.fact_cache import cached_fact
from deploy.facts.files import AccountState, PathState
from deploy.facts.selinux import WrongLabels
from deploy.facts.ssh_keys import HostKeys, KeyPair
from deploy.fleet_context import on_every
from deploy.operations import Commands
from trueup.declaration import Account


@operation()
def account(account: Account) -> Commands:
    """Create the account; refuse one that has another home."""
    actual = cached_fact(AccountState, account=account.name)
    if actual is None:
        yield f"useradd --create-home --home-dir {quote(account.home)} --shell /bin/bash {quote(account.name)}"
    elif actual.home != account.home:
        raise OperationError(
            f"{host.name}: account {account.name}: wanted home {account.home}, found {actual.home}. "
            f"Declare the home it has in access.accounts, or move it by hand (usermod -m -d)."
        )
    else:
        host.noop(f"account {account.name} exists")


@operation()
def closed_home(account: Account) -> Commands:
    """Close the home to other writers: sshd's StrictModes refuses keys below it (sshd_config(5))."""
    actual = host.get_fact(PathState, path=account.home)
    if actual is not None and int(actual.mode, 8) & 0o022:
        yield f"chmod go-w {quote(account.home)}"
    else:
        host.noop(f"{account.home} is closed to other writers")


@operation()
def ssh_directory(account: Account) -> Commands:
    """Create ~/.ssh for its account only."""
    path, group = f"{account.home}/.ssh", _group(account)
    actual = host.get_fact(PathState, path=path)
    if actual is None or (actual.kind, actual.mode, actual.user, actual.group) != (
        "directory",
        "700",
        account.name,
        group,
    ):
        yield shell_commands.make_directory(path, mode="700", user=account.name, group=group)


@operation()
def key_pair(account: Account, key_type: str, comment: str) -> Commands:
    """Make the account's key pair on the node; never replace a readable private key."""
    path = f"{account.home}/.ssh/id_{key_type}"
    actual = cached_fact(KeyPair, path=path)
    group = _group(account)
    if "derived" not in actual:
        yield shell_commands.make_directory(f"{account.home}/.ssh", mode="700", user=account.name, group=group)
        yield shell_commands.generate_key(path, key_type=key_type, comment=comment, user=account.name, group=group)
        return
    if actual["private"] != f"600 {account.name} {group}":
        yield f"chown {quote(f'{account.name}:{group}')} {quote(path)} && chmod 600 {quote(path)}"
    public = f"{actual['derived']} {comment}"
    if actual.get("public") != public:
        yield shell_commands.write_file(f"{path}.pub", public + "\n", mode="644", user=account.name, group=group)


@operation()
def authorized_keys(
    account: Account, key_type: str, peers: dict[str, str], operators: tuple[str, ...], exclusive: bool
) -> Commands:
    """Accept the peers' keys (name -> options); keep or remove all others, as declared."""
    path = f"{account.home}/.ssh/authorized_keys"
    group = _group(account)
    answers = on_every(list(peers), KeyPair, path=f"{account.home}/.ssh/id_{key_type}")
    missing = [name for name in peers if "derived" not in answers[name]]
    if missing and state.is_executing:
        raise OperationError(
            f"{host.name}: {path}: wanted a public key from {missing}, found none. "
            f"Converge those nodes too: their component access makes the key."
        )
    keys = [f"{options} {answers[name].get('derived', 'not yet made')} {name}" for name, options in peers.items()]
    lines = [key.lstrip() for key in keys] + list(operators)
    actual = host.get_fact(PathState, path=path)
    old = actual.content if actual else ""
    expected = shell_commands.with_block("" if exclusive else old, lines)
    if actual is None or (actual.mode, actual.user, actual.group, old) != ("600", account.name, group, expected):
        yield shell_commands.write_file(path, expected, mode="600", user=account.name, group=group)


@operation()
def labels(account: Account) -> Commands:
    """Restore SELinux labels, without which sshd reads no key in .ssh (sshd_selinux(8))."""
    path = f"{account.home}/.ssh"
    if host.get_fact(WrongLabels, path=path):
        yield shell_commands.restore_context(path)
    else:
        host.noop(f"labels of {path} are the policy's")


@operation()
def known_hosts(peers: dict[str, list[str]]) -> Commands:
    """Pin the peers' host keys (name -> its names and addresses) for every account."""
    path = "/etc/ssh/ssh_known_hosts"
    keys = on_every(sorted(peers), HostKeys)
    lines = [f"{','.join(peers[name])} {key}" for name in sorted(peers) for key in keys[name]]
    actual = host.get_fact(PathState, path=path)
    old = actual.content if actual else ""
    expected = shell_commands.with_block(old, lines)
    if actual is None or (actual.mode, actual.user, actual.group, old) != ("644", "root", "root", expected):
        yield shell_commands.write_file(path, expected, mode="644", user="root", group="root")


@operation()
def hosts_file(own_name: str, entries: dict[str, str]) -> Commands:
    """Put every node's name on its declared address only (name -> address)."""
    actual = host.get_fact(PathState, path="/etc/hosts")
    old = actual.content if actual else ""
    expected = shell_commands.hosts_file(old, own_name=own_name, entries=entries)
    if actual is None or (actual.mode, old) != ("644", expected):
        yield shell_commands.write_file("/etc/hosts", expected, mode="644", user="root", group="root")


def _group(account: Account) -> str:
    actual = cached_fact(AccountState, account=account.name)
    return actual.group if actual else account.name
