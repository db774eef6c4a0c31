"""The driver's component alone, on made-up nodes: what it sends them, and what it would change."""

import re
from pathlib import Path
from typing import Any

from tests.deploy.fleet import Run, run
from tests.deploy.golden_text import awaiting
from tests.deploy.healthy_node import PROFILE, bare, driver_lines
from tests.deploy.machine import File, Machine

# Text, not a module: only what pyinfra starts itself may import deploy.
SITE = """
from pathlib import Path

from deploy import driver
from deploy.distro import current_distro
from deploy.fleet_context import current_node
from trueup.declaration import load_profile
from trueup.lockfile import read_lock

node, distro = current_node(), current_distro()
profile = load_profile(node.profile, Path(node.profiles))
driver.apply(desired=profile.driver, distro=distro, lock=read_lock(Path(profile.lock)), node=node)
driver.reboot(desired=profile.driver, distro=distro)
"""
# Every distribution of the table, with the version as its os-release gives it.
DISTROS = (
    *(("debian", version) for version in ("11", "12", "13")),
    *(("ubuntu", version) for version in ("20.04", "22.04", "24.04")),
    ("centos", "7"),
    ("rhel", "7.9"),
    *((name, version) for name in ("rocky", "almalinux", "rhel") for version in ("8.10", "9.4")),
)
# One of each package manager.
FAMILIES = {"apt": ("debian", "12"), "dnf": ("rocky", "9.4"), "yum": ("centos", "7")}
APT = "DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q"
# Each command of rpm's after a wait for its lock, and with no wait of its own.
DNF, YUM = "dnf -y --setopt=exit_on_lock=1", "yum -y --setopt=exit_on_lock=1"
AWAIT = {"dnf": "AWAIT LOCK of dnf, 300 s", "yum": "AWAIT LOCK of yum, 300 s"}
ANYHOW = "--no-install-recommends --allow-downgrades --allow-change-held-packages"
RUNFILE = "NVIDIA-Linux-x86_64-580.95.05.run"
_ASKS = re.compile(r"^(if \[|cat |LC_ALL=C|systemctl show|dpkg-query|rpm -qa|case )")


def name_of(os_id: str, version: str) -> str:
    """A node's name after its distribution."""
    return f"{os_id}-{version.replace('.', '-')}"


def raw(os_id: str, version: str, name: str = "") -> Machine:
    """A node without a driver."""
    return bare(name or name_of(os_id, version), os_id, version)


def good(os_id: str, version: str, name: str = "") -> Machine:
    """A node whose driver is as declared."""
    machine = bare(name or name_of(os_id, version), os_id, version)
    machine.driver = driver_lines(machine)
    machine.services["nvidia-persistenced"] = ("active", "enabled")
    machine.files["/etc/modprobe.d/trueup-nouveau.conf"] = File("blacklist nouveau\noptions nouveau modeset=0\n")
    return machine


def installed(machine: Machine, *packages: str) -> Machine:
    """With these packages ("name version") instead of the good ones, all of them held."""
    kept = [line for line in machine.driver if line.split()[0] not in ("package", "held")]
    held = [f"held {package.split()[0]}" for package in packages]
    machine.driver = [*kept, *(f"package {package}" for package in packages), *held]
    return machine


def lacking(machine: Machine, start: str) -> Machine:
    """Without the lines about the driver that begin so."""
    machine.driver = [line for line in machine.driver if not line.startswith(start)]
    return machine


def component(folder: Path, machines: list[Machine], mode: str = "-y", data: Any = None, **driver: object) -> Run:
    """The driver's component over them; driver: what the profile says otherwise."""
    site = folder / "only_driver.py"
    site.write_text(SITE, encoding="utf-8")
    update = f'{{"driver": PLAN.driver.model_copy(update={driver!r})}}'
    profile = f"{PROFILE}PLAN = PLAN.model_copy(update={update})\n"
    return run(folder, machines, mode=(mode,), profile=profile, data=data, site=str(site))


def sent(actual: Run, node: str) -> list[str]:
    """The commands that were to change it, in order; see golden_text.awaiting."""
    return [awaiting(command) for name, command in actual.order if name == node and not _ASKS.match(command)]
