"""Detect what this machine can give a lab: runtime, cgroups, limits, packages."""

import os
import resource
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError
from lab.paths import HERE

PACKAGES = HERE / "host-packages.txt"  # packages.sh reads it as well
CGROUP = Path("/sys/fs/cgroup")
CAP_SYS_RESOURCE = 24  # linux/capability.h
# Podman lowers its own process limit to the kernel's highest process number (seen with 4.3.1), so that
# a node cannot be given more; for open files it asks for 2**20 by itself.
MOST_FILES = 1 << 20
# systemd and what it starts hold so many watches in each node; seen: a 22nd node has none left of Debian's 128.
WATCHES = Path("/proc/sys/fs/inotify/max_user_instances")
WATCHES_A_NODE = 6


@dataclass(frozen=True)
class HostCapabilities:
    """What this machine can give a node."""

    runtime: str
    """crun or runc."""
    cgroup_manager: str
    """As in containers.conf."""
    events: str
    """The events logger, as in containers.conf."""
    nofile: int
    """The limit of open files that a node can have."""
    nproc: int
    """The limit of processes that a node can have."""
    raises_limits: bool
    """Whether a node may raise its limits."""

    def containers_conf(self) -> str:
        """Return the file that CONTAINERS_CONF names."""
        return (
            "[containers]\n"
            f'default_ulimits = ["nofile={self.nofile}:{self.nofile}", "nproc={self.nproc}:{self.nproc}"]\n'
            'log_driver = "k8s-file"\n'
            "[engine]\n"
            f'runtime = "{self.runtime}"\n'
            f'cgroup_manager = "{self.cgroup_manager}"\n'
            f'events_logger = "{self.events}"\n'
            "[network]\n"
            'network_backend = "netavark"\n'
        )


def missing_packages(table: str, there: Callable[[str], bool]) -> list[str]:
    """Return the packages of table ("FILE PACKAGE" a line, # comments) whose file is not there, sorted."""
    lines = (line.split() for line in table.splitlines() if line and not line.startswith("#"))
    return sorted({package for file, package in lines if not there(file)})


def _there(file: str) -> bool:
    return Path(file).exists() if file.startswith("/") else shutil.which(file) is not None


def require() -> None:
    """Raise LabError unless this machine can run a lab."""
    if os.geteuid() != 0:
        raise LabError(
            "look at this machine",
            expected="to run as root: a lab makes bridges and whole machines",
            actual=f"user id {os.geteuid()}",
            remedy="run it as root, e.g. sudo -i",
        )
    missing = missing_packages(PACKAGES.read_text(), _there)
    if missing:
        raise LabError(
            "look at this machine",
            expected="Podman and what it needs",
            actual=f"missing: {', '.join(missing)}",
            remedy=f"apt-get install -y --no-install-recommends {' '.join(missing)}",
        )


def require_watches(nodes: int) -> None:
    """Raise LabError where the kernel has too few inotify instances for so many nodes: the last would boot half."""
    wanted, found = nodes * WATCHES_A_NODE, int(WATCHES.read_text())
    if found < wanted:
        raise LabError(
            "look at this machine",
            expected=f"fs.inotify.max_user_instances of {wanted} or more for {nodes} nodes",
            actual=str(found),
            remedy=f"sysctl -w fs.inotify.max_user_instances={1 << (wanted - 1).bit_length()}",
        )


def detect() -> HostCapabilities:
    """Look at this machine's cgroups, limits and capabilities."""
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    _, processes = resource.getrlimit(resource.RLIMIT_NPROC)
    most_processes = int(Path("/proc/sys/kernel/pid_max").read_text())
    systemd = Path("/run/systemd/system").is_dir()
    return HostCapabilities(
        runtime=_runtime(),
        cgroup_manager="systemd" if systemd and _unified() else "cgroupfs",
        events="journald" if systemd else "file",
        nofile=_lower(files, MOST_FILES),
        nproc=_lower(processes, most_processes),
        raises_limits=bool(_effective_capabilities() >> CAP_SYS_RESOURCE & 1),
    )


def _lower(limit: int, most: int) -> int:
    return most if limit == resource.RLIM_INFINITY else min(limit, most)


def _runtime() -> str:
    """Crun refuses hybrid cgroups; runc takes both."""
    return "crun" if _unified() and shutil.which("crun") else "runc"


def _unified() -> bool:
    """Return whether cgroups are of version 2 alone."""
    kind = subprocess.run(
        ["stat", "--file-system", "--format=%T", str(CGROUP)],
        text=True,
        capture_output=True,
        timeout=10,
        check=True,
    )
    return kind.stdout.strip() == "cgroup2fs"


def _effective_capabilities() -> int:
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("CapEff:"))
    return int(line.split()[1], 16)
