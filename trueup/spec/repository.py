"""Where NVIDIA's repository has a distribution's packages, and which key signs them."""

from trueup.spec.base import Record
from trueup.spec.distros import Distro


class Repository(Record):
    """folder: below a mirror's address; key: the file in it, whose SHA-256 is in a lock."""

    folder: str
    key: str


def repository(distro: Distro) -> Repository:
    """NVIDIA's CUDA installation guide, network repositories: .../repos/<distribution>/<architecture>/."""
    if distro.manager == "apt":
        return Repository(folder=f"apt/{distro.id}{distro.version.replace('.', '')}/x86_64", key="3bf863cc.pub")
    return Repository(folder=f"yum/rhel{distro.version}/x86_64", key="D42D0685.pub")


def toolkit_package(toolkit: str) -> str:
    """The package of a toolkit, the same on every distribution: "11.8" -> "cuda-toolkit-11-8"."""
    return f"cuda-toolkit-{toolkit.replace('.', '-')}"
