"""What a node says of its driver: the question as a shell runs it, with tools that answer as each family's do."""

import os
import subprocess
from pathlib import Path

import pytest

from deploy.facts.driver import DriverInfo, DriverState
from trueup.platforms import distro_of

KERNEL = "5.14.0-427.13.1.el9_4.x86_64"
TOOLS = {
    "uname": f"echo {KERNEL}",
    "modinfo": 'case "$2" in version) echo 580.95.05;; license) echo NVIDIA;; esac',
    "systemctl": "printf '[Service]\\nExecStart=/usr/bin/nvidia-persistenced --user nvpd\\nExecStart=\\n'",
}
RPMS = "printf 'package nvidia-driver 580.95.05\\npackage kmod-nvidia-latest-dkms 580.95.05\\npackage bash 5.1.8\\n'"
RPM = f'case "$1" in -qa) {RPMS};; *) [ "$3" = kernel-devel-{KERNEL} ];; esac'
DPKG = (
    'case "$3" in *Package*) printf \'hi  package cuda-drivers-580 580.95.05-1\\nii  package '
    "nvidia-persistenced 580.95.05-1\\nrc  package nvidia-smi 535.1-1\\nhi  package bash 5.2\\n';; "
    f'*) [ "$4" = linux-headers-{KERNEL} ] && echo "ii ";; esac'
)
# yum-plugin-versionlock 1.1.31, and dnf 4's versionlock plugin.
LOCKS = {
    "yum": "0:nvidia-driver-580.95.05-1.el7.*\n3:kmod-nvidia-latest-dkms-580.95.05-1.el7.*\n",
    "dnf": "nvidia-driver-3:580.95.05-1.el9.*\nkmod-nvidia-latest-dkms-3:580.95.05-1.el9.*\n",
}


def actual(folder: Path, manager: str, headers: str, **more: str) -> DriverInfo:
    """The fact, asked of a shell that has these tools."""
    for name, body in {**TOOLS, **more}.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    fact = DriverState()
    env = {"PATH": f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin"}
    done = subprocess.run(
        ["sh", "-c", fact.command(manager, headers)], env=env, capture_output=True, text=True, check=True, timeout=20
    )
    return fact.process(done.stdout.splitlines())


@pytest.mark.parametrize("manager", ["yum", "dnf"])
def test_rpm_and_its_locks(tmp_path: Path, manager: str) -> None:
    """Headers of the running kernel by their full name; locks in either plugin's form; bash is no driver's."""
    body = f"case \"$*\" in *list*) printf '{LOCKS[manager]}';; esac"
    seen = actual(tmp_path, manager, "kernel-devel-{kernel}", rpm=RPM, **{manager: body})
    names = {"nvidia-driver", "kmod-nvidia-latest-dkms"}

    assert (names, frozenset(names)) == (set(seen.packages), seen.held)
    assert (KERNEL, True, ("580.95.05", "proprietary")) == (seen.kernel, seen.headers, seen.built)


def test_dpkg_and_its_holds(tmp_path: Path) -> None:
    """What was removed and left its settings is not installed; a hold of anything else is not ours."""
    seen = actual(tmp_path, "apt", "linux-headers-{kernel}", **{"dpkg-query": DPKG})
    installed = {"cuda-drivers-580": "580.95.05", "nvidia-persistenced": "580.95.05"}

    assert (installed, frozenset({"cuda-drivers-580"})) == (seen.packages, seen.held)
    assert (True, "/usr/bin/nvidia-persistenced --user nvpd") == (seen.headers, seen.daemon)


@pytest.mark.parametrize(("os_id", "version"), [("debian", "12"), ("rocky", "9.4"), ("centos", "7")])
def test_other_headers_are_none(tmp_path: Path, os_id: str, version: str) -> None:
    """Those of a kernel that does not run build a module that is not loaded."""
    distro = distro_of(os_id, version)
    no = {"rpm": 'case "$1" in -qa) ;; *) exit 1;; esac', "dpkg-query": 'case "$3" in *Package*) ;; *) exit 1;; esac'}
    seen = actual(tmp_path, distro.manager, distro.driver.headers, **no, dnf=":", yum=":")

    assert (False, {}, frozenset()) == (seen.headers, seen.packages, seen.held)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["loaded NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.95.05  Tue Sep"], ("580.95.05", "proprietary")),
        (["loaded NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Rel"], ("580.95.05", "open")),
        (["loaded GCC version: 12"], None),
        ([], None),
    ],
)
def test_the_loaded_module_has_a_flavour(lines: list[str], expected: tuple[str, str] | None) -> None:
    """In its own words; words that are none are no module."""
    assert expected == DriverState().process(lines).loaded


@pytest.mark.parametrize(
    ("line", "expected"),
    [("built 580.95.05 NVIDIA", "proprietary"), ("built 580.95.05 Dual MIT/GPL", "open"), ("built ", None)],
)
def test_the_module_on_disk_has_a_licence(line: str, expected: str | None) -> None:
    """NVIDIA's own, or a dual one."""
    built = DriverState().process([line]).built

    assert expected == (built[1] if built else None)


@pytest.mark.parametrize(
    ("name", "flavour"),
    [
        ("nvidia-open-580", "open"),
        ("nvidia-kernel-open-dkms", "open"),
        ("nvidia-open-kernel-dkms", "open"),
        ("nvidia-dkms-580-open", "open"),
        ("kmod-nvidia-open-dkms", "open"),
        ("cuda-drivers-580", "proprietary"),
        ("libnvidia-egl-openwf", "proprietary"),
    ],
)
def test_packages_have_a_flavour(name: str, flavour: str) -> None:
    """Debian's, Ubuntu's and NVIDIA's own names."""
    assert flavour == DriverState().process([f"package {name} 580.95.05"]).flavour


def test_a_node_that_says_nothing_has_nothing() -> None:
    """No answer is no driver, and no permission for anything."""
    seen = DriverState().process([])

    assert (None, None, {}, False, False) == (seen.loaded, seen.built, seen.packages, seen.secure_boot, seen.runfile)
