"""Packages, limits, shared memory, time, firewall."""

from shlex import quote

from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import commands
from deploy.facts.files import PathState
from deploy.facts.system import Firewall, Installed, Service, ShmMib
from deploy.operations import Commands

APT = "DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q"


@operation()
def packages(manager: str, names: list[str]) -> Commands:
    """The packages are installed; one that a crash left half-installed is finished first."""
    found = host.get_fact(Installed, manager=manager)
    broken = sorted(name for name, state in found.items() if state not in ("ok", "held"))
    missing = [name for name in names if found.get(name) not in ("ok", "held")]
    if manager == "apt":
        if broken:
            yield f"{APT} -y --fix-broken install && dpkg --configure -a"
        if missing:
            yield f"{APT} update"
            yield f"{APT} -y --no-install-recommends install {' '.join(map(quote, missing))}"
    elif missing:
        yield f"{manager} -y install {' '.join(map(quote, missing))}"
    if not broken and not missing:
        host.noop(f"{len(names)} packages are installed")


@operation()
def shared_memory(mib: int) -> Commands:
    """Shared memory has its declared size, now and after a reboot, and every account may write there."""
    fstab = host.get_fact(PathState, path="/etc/fstab")
    old = fstab.content if fstab else ""
    lines = [f"tmpfs /dev/shm tmpfs defaults,size={mib}m 0 0"]
    if old != (wanted := commands.with_block(old, lines)):
        yield commands.write_file("/etc/fstab", wanted, mode="644", user="root", group="root")
    if host.get_fact(ShmMib) != mib:
        yield f"mount -o remount,size={mib}m /dev/shm"
    mounted = host.get_fact(PathState, path="/dev/shm")  # noqa: S108 -- the mount itself, not a file in it
    if mounted is not None and mounted.mode != "1777":
        yield "chmod 1777 /dev/shm"


@operation()
def running(unit: str) -> Commands:
    """The unit runs, and will after a reboot."""
    found = host.get_fact(Service, unit=unit)
    if found.get("UnitFileState") != "enabled":
        yield f"systemctl enable {quote(unit)}"
    if found.get("ActiveState") != "active":
        yield f"systemctl restart {quote(unit)}"


@operation()
def restart(unit: str) -> Commands:
    """Only ever under an _if: a restart is a change each time."""
    yield f"systemctl restart {quote(unit)}"


@operation()
def open_ports(peers: list[str], first: int, last: int) -> Commands:
    """Peers (addresses) reach the collective's ports, and the ephemeral ones that NCCL and Gloo use besides.

    Opening the rendezvous port alone is not enough (NVIDIA/nccl #388, pytorch/pytorch #44544).
    """
    kind, *rules = host.get_fact(Firewall)
    for peer in peers:
        if kind == "ufw":
            rule = f"allow from {peer} to any proto tcp"
            if rule not in rules:
                yield f"ufw {' '.join(map(quote, rule.split()))}"
        elif kind == "firewalld":
            family = "ipv6" if ":" in peer else "ipv4"
            ranges = (f"{first}-{last}", "32768-60999")
            for ports in ranges:
                source = f'rule family="{family}" source address="{peer}"'
                rule = f'{source} port port="{ports}" protocol="tcp" accept'
                if f"permanent {rule}" not in rules:
                    yield f"firewall-cmd --permanent --add-rich-rule {quote(rule)}"
                if f"runtime {rule}" not in rules:
                    yield f"firewall-cmd --add-rich-rule {quote(rule)}"
