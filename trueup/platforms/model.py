"""Define the records of one distribution in trueup/platforms/table.py."""

from typing import Literal

from pydantic import Field

from trueup.declaration import ArchiveName, Record

Manager = Literal["apt", "yum", "dnf"]
FirewallName = Literal["firewalld", "ufw", "nftables"]


class DriverInstall(Record):
    """Name the driver's packages in NVIDIA's repository; {branch} and {kernel} are the node's.

    NVIDIA's driver installation guide, one chapter a distribution.
    """

    pin: str | None
    modules: dict[str, str]
    """Flavour to what is installed; a name with a colon is a dnf module stream."""
    headers: str
    lock_plugin: str | None
    initramfs: str
    """Command that builds the initramfs anew."""


class Nvidia(Record):
    """Say where a mirror has NVIDIA's packages."""

    folder: str
    """Below the mirror's address."""
    key: str
    """File of the signing key in that folder, hashed in a lockfile."""


class ExtraCompilers(Record):
    """List C++ compilers that can be installed beside the distribution's own.

    {major} stands for one of the majors in the names of the package and of its programs.
    """

    majors: tuple[int, ...]
    """The one to prefer first."""
    package: str
    cc: str
    cxx: str


class Archive(Record):
    """Describe a tree that a distribution left behind at its end of life.

    Used only where a profile declares its address.
    """

    file: str
    """File of /etc/yum.repos.d whose dead addresses it replaces."""
    sections: dict[str, str]
    """Section id to the folder below the declared address."""
    key: str
    """File of the key that signs it."""
    package: str | None
    """Package that brings the key where the system has none."""


class Distro(Record):
    """Name the packages, services and files of one distribution."""

    id: str
    version: str
    manager: Manager
    packages: dict[str, str]
    """EL name of a package to this distribution's own name."""
    time_package: str
    time_service: str
    time_conf: str
    shell_files: tuple[str, ...]
    """System-wide start-up files that some shell reads, as patterns."""
    selinux: bool
    """Whether SELinux may be enforcing."""
    firewalls: tuple[FirewallName, ...]
    """Firewalls that may run here."""
    nft_file: str
    """File that the nftables service reads at boot."""
    driver: DriverInstall
    nvidia: Nvidia
    extra_compilers: ExtraCompilers
    archives: dict[ArchiveName, Archive] = Field(default={})

    @property
    def name(self) -> str:
        """As the inventory and the tables of facts have it: "rocky-9"."""
        return f"{self.id}-{self.version}"
