"""Accounts, keys, and who trusts whom."""

from shlex import quote

from pyinfra.api.exceptions import OperationError
from pyinfra.api.operation import operation
from pyinfra.context import host, state

from deploy import shell_commands
from deploy.fact_cache import asked
from deploy.facts.files import AccountState, PathState
from deploy.facts.selinux import WrongLabels
from deploy.facts.ssh_keys import HostKeys, KeyPair
from deploy.fleet_context import on_every
from deploy.operations import Commands
from trueup.declaration.profile import Account


@operation()
def account(want: Account) -> Commands:
    """The account exists; an existing one is never moved to another home."""
    found = asked(AccountState, account=want.name)
    if found is None:
        yield f"useradd --create-home --home-dir {quote(want.home)} --shell /bin/bash {quote(want.name)}"
    elif found.home != want.home:
        raise OperationError(
            f"{host.name}: account {want.name}: wanted home {want.home}, found {found.home}. "
            f"Declare the home it has in access.accounts, or move it by hand (usermod -m -d)."
        )
    else:
        host.noop(f"account {want.name} exists")


@operation()
def closed_home(want: Account) -> Commands:
    """sshd's StrictModes refuses keys below a home that others may write to (sshd_config(5))."""
    found = host.get_fact(PathState, path=want.home)
    if found is not None and int(found.mode, 8) & 0o022:
        yield f"chmod go-w {quote(want.home)}"
    else:
        host.noop(f"{want.home} is closed to other writers")


@operation()
def ssh_directory(want: Account) -> Commands:
    """~/.ssh, for its account only."""
    path, group = f"{want.home}/.ssh", _group(want)
    found = host.get_fact(PathState, path=path)
    if found is None or (found.kind, found.mode, found.user, found.group) != (
        "directory",
        "700",
        want.name,
        group,
    ):
        yield shell_commands.make_directory(path, mode="700", user=want.name, group=group)


@operation()
def key_pair(want: Account, key_type: str, comment: str) -> Commands:
    """The account's own key pair, made on the node; a readable private key is never replaced."""
    path = f"{want.home}/.ssh/id_{key_type}"
    found = asked(KeyPair, path=path)
    group = _group(want)
    if "derived" not in found:
        yield shell_commands.make_directory(f"{want.home}/.ssh", mode="700", user=want.name, group=group)
        yield shell_commands.generate_key(path, key_type=key_type, comment=comment, user=want.name, group=group)
        return
    if found["private"] != f"600 {want.name} {group}":
        yield f"chown {quote(f'{want.name}:{group}')} {quote(path)} && chmod 600 {quote(path)}"
    public = f"{found['derived']} {comment}"
    if found.get("public") != public:
        yield shell_commands.write_file(f"{path}.pub", public + "\n", mode="644", user=want.name, group=group)


@operation()
def authorized_keys(
    want: Account, key_type: str, peers: dict[str, str], operators: tuple[str, ...], exclusive: bool
) -> Commands:
    """The peers' keys (name -> options); of other keys, all stay or none, as declared."""
    path = f"{want.home}/.ssh/authorized_keys"
    group = _group(want)
    answers = on_every(list(peers), KeyPair, path=f"{want.home}/.ssh/id_{key_type}")
    missing = [name for name in peers if "derived" not in answers[name]]
    if missing and state.is_executing:
        raise OperationError(
            f"{host.name}: {path}: wanted a public key from {missing}, found none. "
            f"Converge those nodes too: their component access makes the key."
        )
    keys = [f"{options} {answers[name].get('derived', 'not yet made')} {name}" for name, options in peers.items()]
    lines = [key.lstrip() for key in keys] + list(operators)
    found = host.get_fact(PathState, path=path)
    old = found.content if found else ""
    wanted = shell_commands.with_block("" if exclusive else old, lines)
    if found is None or (found.mode, found.user, found.group, old) != ("600", want.name, group, wanted):
        yield shell_commands.write_file(path, wanted, mode="600", user=want.name, group=group)


@operation()
def labels(want: Account) -> Commands:
    """Where SELinux enforces, sshd reads no key below a .ssh that carries its home's label (sshd_selinux(8))."""
    path = f"{want.home}/.ssh"
    if host.get_fact(WrongLabels, path=path):
        yield shell_commands.restore_context(path)
    else:
        host.noop(f"labels of {path} are the policy's")


@operation()
def known_hosts(peers: dict[str, list[str]]) -> Commands:
    """The peers' host keys (name -> the names and addresses it answers to), pinned for every account."""
    path = "/etc/ssh/ssh_known_hosts"
    keys = on_every(sorted(peers), HostKeys)
    lines = [f"{','.join(peers[name])} {key}" for name in sorted(peers) for key in keys[name]]
    found = host.get_fact(PathState, path=path)
    old = found.content if found else ""
    wanted = shell_commands.with_block(old, lines)
    if found is None or (found.mode, found.user, found.group, old) != ("644", "root", "root", wanted):
        yield shell_commands.write_file(path, wanted, mode="644", user="root", group="root")


@operation()
def hosts_file(own_name: str, entries: dict[str, str]) -> Commands:
    """Every node's name on its declared address, and on no other (name -> address)."""
    found = host.get_fact(PathState, path="/etc/hosts")
    old = found.content if found else ""
    wanted = shell_commands.hosts_file(old, own_name=own_name, entries=entries)
    if found is None or (found.mode, old) != ("644", wanted):
        yield shell_commands.write_file("/etc/hosts", wanted, mode="644", user="root", group="root")


def _group(want: Account) -> str:
    found = asked(AccountState, account=want.name)
    return found.group if found else want.name
