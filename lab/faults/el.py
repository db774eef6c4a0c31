"""Breaks of the node of EL shape: those in words of rpm and yum, and those of the catalogue that any node knows."""

import re

from lab.faults.catalogue import catalogue
from lab.faults.cuda import TOLD, repository
from lab.faults.fault import Fault
from lab.faults.gpu import OF_ALL_V100S
from lab.faults.host import package

NODE = "node2"
TIME = "time/service_runs"
# A package that is gone is not held either.
DRIVER = ("the driver's packages",)
# What only a Debian node has, in a break, in what shows it, or in what converge plans for it.
_WORDS = r"\b(apt|apt-get|apt-mark|dpkg|dpkg-query|systemctl \w+ chrony)\b"
_DEBIAN = re.compile(rf"{_WORDS}|/etc/apt/|/etc/chrony/|g\+\+-11|compiler for nvcc")


def _erased(name: str, own: str, cause: str, line: str) -> Fault:
    return Fault(
        name=f"el-{name}",
        cause=cause,
        node=NODE,
        breaks=(line,),
        shows=f"! rpm -q {own}",
        reds=(package(own),),
        plan=("host | packages",),
        heals=True,
    )


def _time(name: str, cause: str, line: str, shows: str, *plan: str) -> Fault:
    return Fault(
        name=f"el-time-{name}", cause=cause, node=NODE, breaks=(line,), shows=shows, reds=(TIME,), plan=plan, heals=True
    )


def _held(name: str, cause: str, line: str, shows: str) -> Fault:
    return Fault(
        name=f"el-{name}",
        cause=cause,
        node=NODE,
        breaks=(line,),
        shows=shows,
        reds=("driver/driver_packages_are_held",),
        plan=("driver | held from upgrades",),
        takes=DRIVER,
        heals=True,
    )


YUM = (
    _erased("package-erased", "libXScrnSaver", "rpm -e by a pattern.", "rpm -e --nodeps libXScrnSaver"),
    _erased("package-removed", "alsa-lib", "A server needs no sound.", "dnf -y remove alsa-lib"),
    _erased("package-by-yum", "mesa-libEGL", "A runbook from EL 7.", "yum -y remove mesa-libEGL"),
    _erased("tool-erased", "curl", "curl was hardened away.", "rpm -e --nodeps curl"),
    Fault(
        name="el-compiler-removed",
        cause="No compilers on servers.",
        node=NODE,
        breaks=("dnf -y remove gcc-c++",),
        shows="! [ -e /usr/bin/g++ ]",
        reds=("cuda/nvcc_compiles", package("gcc-c++")),
        reasons=("it is a declared package",),
        plan=("host | packages",),
        heals=True,
    ),
    repository("el-repository-unchecked", "gpgcheck=0, while the mirror's signature had expired.", NODE,
               "sed -i 's/gpgcheck=1/gpgcheck=0/' /etc/yum.repos.d/trueup-cuda.repo",
               "grep -qx gpgcheck=0 /etc/yum.repos.d/trueup-cuda.repo"),
    _time("stopped", "Stopped to set the clock by hand.", "systemctl stop chronyd", "! systemctl -q is-active chronyd",
          "time | service"),
    _time("disabled", "Another time service was tried.", "systemctl disable chronyd",
          "! systemctl -q is-enabled chronyd", "time | service"),
    _time("removed", "ntpd was installed instead, and removed again.", "dnf -y remove chrony", "! rpm -q chrony",
          "host | packages", "time | servers", "time | service"),
    _held("unlocked", "dnf versionlock delete, to try a newer driver.", "dnf versionlock delete libnvidia-ml",
          "! dnf -q versionlock list | grep -q libnvidia-ml"),
    _held("all-unlocked", "dnf versionlock clear, before an upgrade.", "dnf versionlock clear",
          "! dnf -q versionlock list | grep -q nvidia"),
    _held("lock-file-lost", "/etc/dnf was restored from another node.", "rm /etc/dnf/plugins/versionlock.list",
          "! [ -e /etc/dnf/plugins/versionlock.list ]"),
    Fault(
        name="el-driver-removed",
        cause="dnf remove of a library that everything of the driver needs.",
        node=NODE,
        breaks=("dnf -y remove libnvidia-ml",),
        shows="! ls /usr/lib64/libnvidia-ml.so.1",
        reds=("driver/nvml_answers",),
        blind=("driver/module_and_userland_are_one_version", *OF_ALL_V100S),
        plan=("driver | packages",),
        takes=DRIVER,
        heals=True,
    ),
)  # fmt: skip


def fits(mutation: Fault) -> bool:
    """Whether a break of the catalogue is one of this node, in words that it knows."""
    words = " ".join((*mutation.breaks, mutation.shows, *mutation.mends, *mutation.tidies, *mutation.plan))
    return mutation.node == NODE and _DEBIAN.search(words) is None


def of_the_mixed_lab() -> list[Fault]:
    """What `python -m lab.fault_coverage --shape mixed` proves."""
    # This node's own compiler is one that nvcc takes.
    return [*YUM, *(mutation.without(TOLD) for mutation in catalogue().values() if fits(mutation))]
