"""What differs between distributions: data only, and the one place where a name decides."""

from typing import Literal

from trueup.spec.base import Record


class DriverInstall(Record):
    """How NVIDIA's repository names the driver here; {branch} and {kernel} stand for the node's.

    NVIDIA's driver installation guide, one chapter a distribution. modules: flavour -> what is installed;
    a name with a colon is a dnf module stream. initramfs: what builds it anew.
    """

    pin: str | None
    modules: dict[str, str]
    headers: str
    lock_plugin: str | None
    initramfs: str


class Distro(Record):
    """Names of packages, services and files on one distribution.

    packages: the EL name of a package (the guide's) to this distribution's own name.
    shell_files: start-up files that some shell reads, system-wide.
    """

    id: str
    version: str
    manager: Literal["apt", "yum", "dnf"]
    packages: dict[str, str]
    time_package: str
    time_service: str
    time_conf: str
    shell_files: tuple[str, ...]
    selinux: bool
    driver: DriverInstall


# What converge itself runs on a node, beyond a POSIX shell; the same names everywhere.
TOOLS = ("curl", "ca-certificates")


class UnknownDistro(Exception):
    """Nobody has described this distribution; names the file to add it to."""


# Debian's names: packages.debian.org, looked up for bullseye and bookworm; the t64 ones for trixie and noble.
_DEB = {
    "libXcomposite": "libxcomposite1",
    "libXcursor": "libxcursor1",
    "libXi": "libxi6",
    "libXtst": "libxtst6",
    "libXrandr": "libxrandr2",
    "alsa-lib": "libasound2",
    "mesa-libEGL": "libegl1",
    "libXdamage": "libxdamage1",
    "mesa-libGL": "libgl1",
    "libXScrnSaver": "libxss1",
    "libaio-devel": "libaio-dev",
    "gcc-c++": "g++",
}
_DEB_T64 = {**_DEB, "alsa-lib": "libasound2t64"}
_EL = {name: name for name in _DEB}

_SHELL_DEB = ("/etc/environment", "/etc/profile", "/etc/bash.bashrc")
_SHELL_EL = ("/etc/environment", "/etc/profile", "/etc/bashrc")


_DRIVER_DEB = DriverInstall(
    pin="nvidia-driver-pinning-{branch}",
    modules={"proprietary": "cuda-drivers-{branch}", "open": "nvidia-open-{branch}"},
    headers="linux-headers-{kernel}",
    lock_plugin=None,
    initramfs="update-initramfs -u",
)
_DRIVER_DNF = DriverInstall(
    pin=None,
    modules={"proprietary": "nvidia-driver:{branch}-dkms", "open": "nvidia-driver:{branch}-open"},
    headers="kernel-devel-{kernel}",
    lock_plugin="python3-dnf-plugin-versionlock",
    initramfs="dracut -f",
)
# EL 7 has no dkms flavour of a branch, and no open modules (NVIDIA/yum-packaging-nvidia-driver, README).
_DRIVER_YUM = DriverInstall(
    pin=None,
    modules={"proprietary": "nvidia-driver-branch-{branch}"},
    headers="kernel-devel-{kernel}",
    lock_plugin="yum-plugin-versionlock",
    initramfs="dracut -f",
)


def _deb(name: str, version: str, packages: dict[str, str] = _DEB) -> Distro:
    return Distro(
        id=name,
        version=version,
        manager="apt",
        packages=packages,
        time_package="chrony",
        time_service="chrony",
        time_conf="/etc/chrony/chrony.conf",
        shell_files=_SHELL_DEB,
        selinux=False,
        driver=_DRIVER_DEB,
    )


def _el(name: str, version: str) -> Distro:
    return Distro(
        id=name,
        version=version,
        manager="yum" if version == "7" else "dnf",
        packages=_EL,
        time_package="chrony",
        time_service="chronyd",
        time_conf="/etc/chrony.conf",
        shell_files=_SHELL_EL,
        selinux=True,
        driver=_DRIVER_YUM if version == "7" else _DRIVER_DNF,
    )


DISTROS: tuple[Distro, ...] = (
    _deb("debian", "11"),
    _deb("debian", "12"),
    _deb("debian", "13", _DEB_T64),
    _deb("ubuntu", "20.04"),
    _deb("ubuntu", "22.04"),
    _deb("ubuntu", "24.04", _DEB_T64),
    _el("centos", "7"),
    _el("rhel", "7"),
    *(_el(name, version) for name in ("rocky", "almalinux", "rhel") for version in ("8", "9")),
)


def lookup(os_id: str, version_id: str) -> Distro:
    """The entry for an os-release's ID and VERSION_ID (os-release(5)); EL counts by its major version.

    Raises UnknownDistro.
    """
    for distro in DISTROS:
        wanted = version_id if distro.manager == "apt" else version_id.split(".", maxsplit=1)[0]
        if (distro.id, distro.version) == (os_id, wanted):
            return distro
    known = ", ".join(f"{distro.id} {distro.version}" for distro in DISTROS)
    raise UnknownDistro(
        f"distribution {os_id!r} {version_id!r} is not described. "
        f"Wanted one of: {known}. To add it: one entry in trueup/spec/distros.py."
    )
