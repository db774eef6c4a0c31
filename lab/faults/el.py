"""Faults that rpm, dnf and yum cause: only a node of EL shape has them."""

from lab.faults.cuda import repository
from lab.faults.fault import Fault, NodeKind
from lab.faults.gpu import OF_ALL_V100S
from lab.faults.host import package

NODE = "node2"
EL: tuple[NodeKind, ...] = ("el",)
TIME = "time/service_runs"
# A package that is gone is not held either.
DRIVER = ("the driver's packages",)


def _erased(name: str, own: str, cause: str, line: str) -> Fault:
    return Fault(
        name=f"el-{name}",
        cause=cause,
        node=NODE,
        runs_on=EL,
        inject=(line,),
        verify=f"! rpm -q {own}",
        failing_checks=(package(own),),
        plan=("host | packages",),
        converge_repairs=True,
    )


def _time(name: str, cause: str, line: str, verify: str, *plan: str) -> Fault:
    return Fault(
        name=f"el-time-{name}",
        cause=cause,
        node=NODE,
        runs_on=EL,
        inject=(line,),
        verify=verify,
        failing_checks=(TIME,),
        plan=plan,
        converge_repairs=True,
    )


def _held(name: str, cause: str, line: str, verify: str) -> Fault:
    return Fault(
        name=f"el-{name}",
        cause=cause,
        node=NODE,
        runs_on=EL,
        inject=(line,),
        verify=verify,
        failing_checks=("driver/driver_packages_are_held",),
        plan=("driver | held from upgrades",),
        exclusive_resources=DRIVER,
        converge_repairs=True,
    )


FAULTS = (
    _erased("package-erased", "libXScrnSaver", "rpm -e by a pattern.", "rpm -e --nodeps libXScrnSaver"),
    _erased("package-removed", "alsa-lib", "A server needs no sound.", "dnf -y remove alsa-lib"),
    _erased("package-by-yum", "mesa-libEGL", "A runbook from EL 7.", "yum -y remove mesa-libEGL"),
    _erased("tool-erased", "curl", "curl was hardened away.", "rpm -e --nodeps curl"),
    Fault(
        name="el-compiler-removed",
        cause="No compilers on servers.",
        node=NODE,
        runs_on=EL,
        inject=("dnf -y remove gcc-c++",),
        verify="! [ -e /usr/bin/g++ ]",
        failing_checks=("cuda/nvcc_compiles", package("gcc-c++")),
        reasons=("it is a declared package",),
        plan=("host | packages",),
        converge_repairs=True,
    ),
    repository("el-repository-unchecked", "gpgcheck=0, while the mirror's signature had expired.", NODE,
               "sed -i 's/gpgcheck=1/gpgcheck=0/' /etc/yum.repos.d/trueup-cuda.repo",
               "grep -qx gpgcheck=0 /etc/yum.repos.d/trueup-cuda.repo", EL),
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
        runs_on=EL,
        inject=("dnf -y remove libnvidia-ml",),
        verify="! ls /usr/lib64/libnvidia-ml.so.1",
        failing_checks=("driver/nvml_answers",),
        unknown_checks=("driver/module_and_userland_are_one_version", *OF_ALL_V100S),
        plan=("driver | packages",),
        exclusive_resources=DRIVER,
        converge_repairs=True,
    ),
)  # fmt: skip
