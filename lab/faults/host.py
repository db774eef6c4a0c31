"""Faults of packages and kind of one node."""

from lab.faults.common import DEBIAN
from lab.faults.cuda import REPOSITORY
from lab.faults.fault import Fault

APT = "DEBIAN_FRONTEND=noninteractive apt-get -q -y"
# The names that the lab's profile uses; the check asks for each by the distribution's own.
PACKAGES = (
    *("curl", "ca-certificates", "libXcomposite", "libXcursor", "libXi", "libXtst", "libXrandr", "alsa-lib"),
    *("mesa-libEGL", "libXdamage", "mesa-libGL", "libXScrnSaver", "libaio-devel", "gcc-c++"),
)


def package(name: str) -> str:
    """Return the check of one declared package."""
    return f"host/package_is_installed[{name}]"


SOFTWARE = (
    Fault(
        name="host-package-removed",
        cause="apt autoremove, by somebody who needed component.",
        node="node1",
        runs_on=DEBIAN,
        inject=("dpkg --force-depends --remove libxss1",),
        verify="! dpkg-query -W -f '${Status}' libxss1 2>/dev/null | grep -q ' installed$'",
        failing_checks=(package("libXScrnSaver"),),
        plan=("host | packages",),
        converge_repairs=True,
    ),
    Fault(
        name="host-package-half-installed",
        cause="Power failed in the midst of an upgrade.",
        node="node2",
        runs_on=("debian-12", "debian-13"),
        inject=(
            "cd /var/tmp && apt-get -q download libxrandr2 && dpkg --unpack libxrandr2_*.deb && rm libxrandr2_*.deb",
        ),
        verify="dpkg-query -W -f '${db:Status-Abbrev}' libxrandr2 | grep -q ^iU",
        failing_checks=(package("libXrandr"),),
        plan=("host | packages", "cuda | compiler for nvcc"),
        converge_repairs=True,
    ),
    Fault(
        name="host-tool-removed",
        cause="curl was hardened away.",
        node="node2",
        runs_on=DEBIAN,
        inject=("dpkg --force-depends --remove curl",),
        verify="! [ -x /usr/bin/curl ]",
        failing_checks=(package("curl"),),
        plan=("host | packages",),
        converge_repairs=True,
    ),
    Fault(
        name="host-distribution-unknown",
        cause="The node was reinstalled with a distribution that nobody has described.",
        node="node2",
        inject=("cp -p /etc/os-release /root/lab-os-release", "sed -i 's/^ID=.*/ID=gentoo/' /etc/os-release"),
        verify="grep -qx ID=gentoo /etc/os-release",
        failing_checks=(),
        unknown_checks=(
            "host/distribution_is_described",
            "time/service_runs",
            *map(package, PACKAGES),
            # Which program to ask for held packages, and where it keeps a repository, stands in the description.
            "driver/driver_packages_are_held",
            REPOSITORY,
        ),
        refuses="gentoo",
        converge_repairs=False,
        undo=("cat /root/lab-os-release > /etc/os-release", "rm /root/lab-os-release"),
    ),
    Fault(
        name="host-architecture",
        cause="The address now belongs to another machine, with an ARM processor (in the lab, uname says so).",
        node="node1",
        inject=(
            'printf \'#!/bin/sh\n[ "$*" = -m ] && echo aarch64 || exec /bin/uname "$@"\n\' > /usr/local/bin/uname',
            "chmod 755 /usr/local/bin/uname",
        ),
        verify="[ $(/usr/local/bin/uname -m) = aarch64 ]",
        failing_checks=("host/architecture_is_x86_64",),
        converge_repairs=False,
        undo=("rm /usr/local/bin/uname",),
    ),
)
CONTROLS = (
    Fault(
        name="control-host-package-held",
        cause="apt-mark hold, before an upgrade that nobody trusts.",
        node="node1",
        runs_on=DEBIAN,
        inject=("apt-mark hold libxi6",),
        verify="apt-mark showhold | grep -qx libxi6",
        failing_checks=(),
        converge_repairs=False,
        undo=("apt-mark unhold libxi6",),
    ),
    Fault(
        name="control-host-limits-of-others",
        cause="Students got a limit of processes.",
        node="node2",
        inject=("echo '@students - nproc 100' > /etc/security/limits.d/95-lab.conf",),
        verify="[ -e /etc/security/limits.d/95-lab.conf ]",
        failing_checks=(),
        converge_repairs=False,
        undo=("rm /etc/security/limits.d/95-lab.conf",),
    ),
    Fault(
        name="control-host-fstab-other",
        cause="A data disk was added.",
        node="node1",
        inject=("sed -i '1i # lab: UUID=4711 /data ext4 noauto 0 2' /etc/fstab",),
        verify="grep -q '^# lab' /etc/fstab",
        failing_checks=(),
        converge_repairs=False,
        undo=("sed -i '/^# lab/d' /etc/fstab",),
    ),
)

FAULTS = SOFTWARE + CONTROLS
