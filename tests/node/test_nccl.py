"""What NCCL and Gloo are told, and the ports that they may use."""

from testinfra.host import Host

from trueup.accept.checks import accounts, each, prefetchable, remedy, require, text
from trueup.collective import JOB_VARIABLE
from trueup.declaration import Node, Profile

CONF = "/etc/nccl.conf"
BY_HAND = remedy("take the setting out by hand, or declare it in nccl.settings; it is somebody's own")
LISTEN = "0A"  # include/net/tcp_states.h


PORTS = "cat /proc/net/tcp /proc/net/tcp6"
# "socket:[INODE]" for each socket of a process that carries the token of trueup's own job (proc(5), environ and fd).
# A process may end while it is asked, and most have no socket: neither says anything of a port.
OURS = (
    f"for p in /proc/[0-9]*; do if tr '\\0' '\\n' <$p/environ 2>/dev/null | grep -q '^{JOB_VARIABLE}='; "
    "then ls -l $p/fd 2>/dev/null | grep -o 'socket:.*'; fi; done; true"
)


def listeners(said: str) -> set[int]:
    """The ports that somebody listens on, but for sockets that are named as our own job's (proc(5), net/tcp)."""
    rows = [line.split() for line in said.splitlines()]
    ours = {row[0] for row in rows if row and row[0].startswith("socket:")}
    listening = [row for row in rows if len(row) > 9 and row[3] == LISTEN and f"socket:[{row[9]}]" not in ours]
    return {int(row[1].rpartition(":")[2], 16) for row in listening}


def conf(host: Host) -> dict[str, str]:
    """The settings of /etc/nccl.conf."""
    lines = text(host, CONF).splitlines()
    return dict(line.partition("=")[::2] for line in lines if "=" in line and not line.startswith("#"))


@each("setting", lambda _node, profile: sorted(profile.nccl.settings))
def test_setting_is_the_declared_one(host: Host, profile: Profile, setting: str) -> None:
    """A setting on one node alone makes collectives hang or slow down."""
    assert profile.nccl.settings[setting] == conf(host).get(setting)


def test_interface_is_the_declared_one(host: Host, node: Node) -> None:
    """Left to itself NCCL takes the first card that is up, which may be the slow one; "=" asks for exactly this."""
    assert f"={node.interface}" == conf(host).get("NCCL_SOCKET_IFNAME")


def test_nothing_else_is_set(host: Host, profile: Profile) -> None:
    """A leftover setting slows every job down without a message."""
    assert {*profile.nccl.settings, "NCCL_SOCKET_IFNAME"} == set(conf(host))


def test_file_is_readable_by_all(host: Host) -> None:
    """A file that NCCL cannot read is ignored without a message."""
    file = host.file(CONF)

    assert ("644", "root") == (f"{file.mode:o}", file.user)


@prefetchable
def test_interface_is_up(host: Host, node: Node) -> None:
    """A missing interface, or one without a link, makes a job wait without end."""
    found = host.check_output(
        "cat /sys/class/net/%s/operstate 2>/dev/null || echo no such interface", node.interface
    ).strip()

    require(found in ("up", "unknown"), expected=f"{node.interface} up", actual=found)


@prefetchable
def test_interface_has_the_declared_address(host: Host, node: Node) -> None:
    """Another address on the interface makes the node unreachable for its peers."""
    found = host.check_output("ip -o -4 addr show dev %s", node.interface).split()

    assert node.address in [word.split("/")[0] for word in found]


@BY_HAND
@each("account", accounts)
def test_account_has_no_settings_of_its_own(host: Host, profile: Profile, account: str) -> None:
    """NCCL reads ~/.nccl.conf before the node's file, for that account's jobs alone."""
    lines = text(host, f"{profile.account(account).home}/.nccl.conf").splitlines()

    assert [] == [line for line in lines if "=" in line and not line.startswith("#")]


@prefetchable
@BY_HAND
def test_environment_overrides_nothing(host: Host, node: Node) -> None:
    """A variable overrides the file on the node where it is set."""
    found = [line for line in host.check_output("env").splitlines() if line.startswith("NCCL_")]

    assert [] == found


@prefetchable
def test_gloo_has_the_declared_interface(host: Host, node: Node) -> None:
    """Gloo resolves the host's own name instead, which may be a loopback address."""
    assert node.interface == host.check_output('echo "${GLOO_SOCKET_IFNAME-unset}"').strip()


def test_ports_of_the_collective_are_free(host: Host, profile: Profile) -> None:
    """A port in use makes the next rendezvous fail, or join another job."""
    first, last = profile.collective.ports
    taken = listeners(host.check_output(PORTS))
    if any(first <= port <= last for port in taken):
        # Another look listens for a moment; the checks between nodes run a job meanwhile, which names its own sockets.
        taken = listeners(host.check_output(f"sleep 1; {PORTS}; {OURS}"))

    assert [] == sorted(port for port in taken if first <= port <= last)
