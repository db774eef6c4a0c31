"""Check accounts, keys and the logins they allow."""

from testinfra.host import Host

from trueup.accept.checks import accounts, each, node_files, prefetchable, remedy, require, text
from trueup.declaration import Node, Profile


@each("account", accounts)
def test_account_exists_with_its_home(host: Host, profile: Profile, account: str) -> None:
    """A missing account, or another home, leaves keys and conda where no job finds them."""
    assert profile.account(account).home == host.user(account).home


@each("account", accounts)
def test_home_is_closed_to_other_writers(host: Host, profile: Profile, account: str) -> None:
    """sshd's StrictModes ignores every key below a home that group or others may write to."""
    mode = host.file(profile.account(account).home).mode

    require(mode & 0o022 == 0, expected="no write for group and others", actual=f"mode {mode:o}")


@each("account", accounts)
def test_ssh_folder_is_private(host: Host, profile: Profile, account: str) -> None:
    """A folder wider than 700 makes sshd ignore the keys in it."""
    folder = host.file(f"{profile.account(account).home}/.ssh")

    assert ("700", account) == (f"{folder.mode:o}", folder.user)


@each("account", accounts)
def test_authorized_keys_is_private(host: Host, profile: Profile, account: str) -> None:
    """A file that others may write to lets them log in as this account."""
    file = host.file(f"{profile.account(account).home}/.ssh/authorized_keys")

    assert ("600", account) == (f"{file.mode:o}", file.user)


@each("account", accounts)
def test_private_key_is_private(host: Host, profile: Profile, account: str) -> None:
    """A private key that others can read is refused by ssh, and the job fails to log in."""
    file = host.file(profile.key_path(account))

    assert ("600", account) == (f"{file.mode:o}", file.user)


@prefetchable
@each("account", accounts)
def test_public_key_belongs_to_private_key(host: Host, node: Node, profile: Profile, account: str) -> None:
    """A .pub of another key, copied to a peer by hand, gives a login that fails."""
    path = profile.key_path(account)
    derived = host.check_output("cat %s | ssh-keygen -y -P '' -f /dev/stdin", path).split()[:2]

    assert [*derived, node.name] == text(host, f"{path}.pub").split()


@each("account", accounts)
def test_key_has_the_declared_type(host: Host, profile: Profile, account: str) -> None:
    """A key of another type may be refused by newer sshd, or by a site's policy."""
    wanted = {"ed25519": "ssh-ed25519", "rsa": "ssh-rsa"}[profile.access.key_type]

    assert wanted == text(host, f"{profile.key_path(account)}.pub").partition(" ")[0]


@prefetchable
@remedy("converge mends the account's own key; another one is its owner's: chmod 600, or remove it")
@each("account", accounts)
def test_no_private_key_is_readable_by_others(host: Host, profile: Profile, account: str) -> None:
    """A second key, forgotten and readable, lets any user of the node log in elsewhere."""
    folder = f"{profile.account(account).home}/.ssh"
    found = host.check_output("find %s -type f -perm /077 -exec grep -l 'PRIVATE KEY' {} +; test -d %s", folder, folder)

    assert "" == found


@prefetchable
@remedy("its owner's to decide: chmod 600 FILE, and renew what was in it, for it may have been read")
def test_no_secret_is_readable_by_every_user(host: Host, profile: Profile) -> None:
    """A readable token lets any user of the node act in its owner's name; a readable host key, as the node."""
    homes = node_files.homes(account.home for account in profile.access.accounts)
    answer = host.check_output(
        f"{node_files.COMMAND} {' '.join(['%s'] * len(homes))}", node_files.SCRIPT, "look", *homes
    )

    assert [] == node_files.readable(answer)


@prefetchable
def test_own_name_is_its_declared_address(host: Host, node: Node) -> None:
    """A rendezvous host whose own name is 127.0.1.1 waits for itself until the timeout."""
    addresses = host.check_output("getent ahostsv4 %s | cut -d' ' -f1 | sort -u", node.name).split()

    assert [node.address] == addresses


def test_known_hosts_is_not_writable_by_others(host: Host) -> None:
    """A file that others may write to lets them replace a peer."""
    file = host.file("/etc/ssh/ssh_known_hosts")

    assert ("644", "root") == (f"{file.mode:o}", file.user)


@prefetchable
@remedy("take StrictModes out of /etc/ssh/sshd_config and sshd_config.d by hand, then reload sshd")
def test_sshd_keeps_strict_modes(host: Host) -> None:
    """StrictModes off lets sshd accept keys from files that others may write to."""
    lines = host.check_output("$(command -v sshd || echo /usr/sbin/sshd) -T -C user=root,host=x,addr=127.0.0.1")

    assert "strictmodes yes" in lines.splitlines()
