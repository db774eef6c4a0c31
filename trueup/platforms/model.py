"""What is known of one distribution: the records of the table in trueup/platforms/table.py."""

from typing import Literal

from pydantic import Field

from trueup.declaration import ArchiveName, Record

Manager = Literal["apt", "yum", "dnf"]
FirewallName = Literal["firewalld", "ufw", "nftables"]


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


class Nvidia(Record):
    """Where a mirror has NVIDIA's packages; folder: below its address; key: the file in it, hashed in a lock."""

    folder: str
    key: str


class ExtraCompilers(Record):
    """C++ compilers that can be installed beside the distribution's own: the majors, the one to prefer first.

    {major} stands for one of them in the names of its package and of its programs.
    """

    majors: tuple[int, ...]
    package: str
    cc: str
    cxx: str


class Archive(Record):
    """A tree that a distribution left behind at its end of life; used only where a profile declares its address.

    file: of /etc/yum.repos.d, whose dead addresses it replaces; sections: id -> folder below the declared address;
    key: what signs it, and the package that brings the key where the system has none.
    """

    file: str
    sections: dict[str, str]
    key: str
    package: str | None


class Distro(Record):
    """Names of packages, services and files on one distribution.

    packages: the EL name of a package (the guide's) to this distribution's own name.
    shell_files: system-wide start-up files that some shell reads, as patterns. selinux: whether it may be enforcing.
    firewalls: those that may run here; nft_file: what the nftables service reads at boot.
    """

    id: str
    version: str
    manager: Manager
    packages: dict[str, str]
    time_package: str
    time_service: str
    time_conf: str
    shell_files: tuple[str, ...]
    selinux: bool
    firewalls: tuple[FirewallName, ...]
    nft_file: str
    driver: DriverInstall
    nvidia: Nvidia
    beside: ExtraCompilers
    archives: dict[ArchiveName, Archive] = Field(default={})

    @property
    def name(self) -> str:
        """As the inventory and the tables of facts have it: "rocky-9"."""
        return f"{self.id}-{self.version}"
