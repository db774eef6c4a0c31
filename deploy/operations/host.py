"""Install packages, size shared memory, run services."""

from shlex import quote

from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import package_managers as how
from deploy import shell_commands
from deploy.fact_cache import cached_fact
from deploy.facts.files import PathState
from deploy.facts.system import InstalledPackages, Service, ShmMib
from deploy.operations import Commands, log_redone


@operation()
def packages(manager: str, names: list[str]) -> Commands:
    """Install packages; first repair half-installed ones, or rpm's own database."""
    actual = cached_fact(InstalledPackages, manager=manager)
    broken = sorted(name for name, state in actual.items() if state not in ("ok", "held"))
    missing = [name for name in names if actual.get(name) not in ("ok", "held")]
    if broken:
        log_redone(f"packages {', '.join(broken)}")
    if broken and manager == "apt":
        yield f"{how.APT} -y --fix-broken install && dpkg --configure -a"
    elif broken:
        yield how.ready(manager, host.name)
        yield shell_commands.with_failure_message(
            "rpm --rebuilddb",
            f"{host.name}: rpm: wanted a database that it can read, found one that it cannot rebuild either. Put "
            f"/var/lib/rpm back from a backup of this node, then converge again.",
        )
    if missing:
        yield from how.install(manager, missing, host.name)
    if not broken and not missing:
        host.noop(f"{len(names)} packages are installed")


@operation()
def shared_memory(mib: int) -> Commands:
    """Size shared memory now and after a reboot, writable for every account."""
    fstab = host.get_fact(PathState, path="/etc/fstab")
    old = fstab.content if fstab else ""
    lines = [f"tmpfs /dev/shm tmpfs defaults,size={mib}m 0 0"]
    if old != (expected := shell_commands.with_block(old, lines)):
        yield shell_commands.write_file("/etc/fstab", expected, mode="644", user="root", group="root")
    if host.get_fact(ShmMib) != mib:
        yield f"mount -o remount,size={mib}m /dev/shm"
    mounted = host.get_fact(PathState, path="/dev/shm")  # noqa: S108 -- the mount itself, not a file in it
    if mounted is not None and mounted.mode != "1777":
        yield "chmod 1777 /dev/shm"


@operation()
def running(unit: str) -> Commands:
    """Run the unit now and after a reboot."""
    actual = host.get_fact(Service, unit=unit)
    if actual.get("UnitFileState") != "enabled":
        yield f"systemctl enable {quote(unit)}"
    if actual.get("ActiveState") != "active":
        yield f"systemctl restart {quote(unit)}"


@operation()
def restart(unit: str) -> Commands:
    """Restart the unit; use under an _if only, since a restart is always a change."""
    yield f"systemctl restart {quote(unit)}"
