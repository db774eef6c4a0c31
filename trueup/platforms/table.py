"""Names of packages in NVIDIA's repository that are the same for every distribution."""

from trueup.declaration import ArchiveName
from trueup.platforms.model import Archive, Distro, DriverInstall, ExtraCompilers, Nvidia

# What converge itself runs on a node, beyond a POSIX shell; the same names everywhere.
TOOLS = ("curl", "ca-certificates")


class UnknownDistro(Exception):
    """Report an undescribed distribution, and the file to add it to."""


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

# bash(1), zsh(1): the files as each distribution compiles their places in.
_ZSH = ("zshenv", "zprofile", "zshrc", "zlogin")
_SHELL_DEB = ("/etc/profile", "/etc/profile.d/*.sh", "/etc/bash.bashrc", *(f"/etc/zsh/{name}" for name in _ZSH))
_SHELL_EL = ("/etc/profile", "/etc/profile.d/*.sh", "/etc/bashrc", *(f"/etc/{name}" for name in _ZSH))

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

# gcc's majors: packages.debian.org and packages.ubuntu.com (main and universe); EL 7: devtoolset of SCL, the guide's
# time built with 9; EL 8 and 9: gcc-toolset of AppStream.
_GXX = {
    "debian-11": (10, 9),
    "debian-12": (12, 11),
    "debian-13": (14, 13, 12),
    "ubuntu-20.04": (10, 9, 8, 7),
    "ubuntu-22.04": (12, 11, 10, 9),
    "ubuntu-24.04": (14, 13, 12, 11, 10, 9),
}
_TOOLSET = {
    "7": ("devtoolset", (9, 10, 11, 8, 7)),
    "8": ("gcc-toolset", (14, 13, 12, 11, 10, 9)),
    "9": ("gcc-toolset", (14, 13, 12)),
}

_KEYS = "/etc/pki/rpm-gpg/RPM-GPG-KEY-"
# CentOS 7 went to vault.centos.org/7.9.2009 at its end of life, EPEL 7 to /pub/archive/epel/7 of Fedora's archive;
# ids, files and keys as its own packages centos-release, epel-release and centos-release-scl-rh have them.
_CENTOS_7: dict[ArchiveName, Archive] = {
    "vault": Archive(
        file="CentOS-Base.repo",
        sections={"base": "os/$basearch/", "updates": "updates/$basearch/", "extras": "extras/$basearch/"},
        key=f"{_KEYS}CentOS-7",
        package=None,
    ),
    "epel": Archive(file="epel.repo", sections={"epel": "$basearch/"}, key=f"{_KEYS}EPEL-7", package="epel-release"),
    "scl": Archive(
        file="CentOS-SCLo-scl-rh.repo",
        sections={"centos-sclo-rh": "sclo/$basearch/rh/"},
        key=f"{_KEYS}CentOS-SIG-SCLo",
        package="centos-release-scl-rh",
    ),
}


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
        firewalls=("firewalld", "ufw", "nftables"),
        nft_file="/etc/nftables.conf",
        driver=_DRIVER_DEB,
        nvidia=Nvidia(folder=f"apt/{name}{version.replace('.', '')}/x86_64", key="3bf863cc.pub"),
        extra_compilers=ExtraCompilers(
            majors=_GXX[f"{name}-{version}"],
            package="g++-{major}",
            cc="/usr/bin/gcc-{major}",
            cxx="/usr/bin/g++-{major}",
        ),
    )


def _el(name: str, version: str) -> Distro:
    toolset, majors = _TOOLSET[version]
    place = f"/opt/rh/{toolset}-{{major}}/root/usr/bin"
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
        firewalls=("firewalld", "nftables"),
        nft_file="/etc/sysconfig/nftables.conf",
        driver=_DRIVER_YUM if version == "7" else _DRIVER_DNF,
        nvidia=Nvidia(folder=f"yum/rhel{version}/x86_64", key="D42D0685.pub"),
        extra_compilers=ExtraCompilers(
            majors=majors, package=f"{toolset}-{{major}}-gcc-c++", cc=f"{place}/gcc", cxx=f"{place}/g++"
        ),
        archives=_CENTOS_7 if (name, version) == ("centos", "7") else {},
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


def distro_named(name: str) -> Distro:
    """Return the entry for an inventory name, e.g. "centos-7"; raise UnknownDistro."""
    os_id, _, version = name.partition("-")
    return distro_of(os_id, version)


def distro_of(os_id: str, version_id: str) -> Distro:
    """Return the entry for os-release's ID and VERSION_ID.

    EL counts by its major version.

    Raises UnknownDistro.
    """
    for distro in DISTROS:
        expected = version_id if distro.manager == "apt" else version_id.split(".", maxsplit=1)[0]
        if (distro.id, distro.version) == (os_id, expected):
            return distro
    known = ", ".join(f"{distro.id} {distro.version}" for distro in DISTROS)
    raise UnknownDistro(
        f"distribution {os_id!r} {version_id!r} is not described (/etc/os-release: ID, VERSION_ID). "
        f"Wanted one of: {known}. To add it: one entry in trueup/platforms/table.py."
    )


def toolkit_package(toolkit: str) -> str:
    """The package of a toolkit: "11.8" -> "cuda-toolkit-11-8"."""
    return f"cuda-toolkit-{toolkit.replace('.', '-')}"
