"""The packages of the node's two repositories: the distribution's own, and NVIDIA's with its module streams."""

from pathlib import Path

from lab.apt_repo.toolkit import CUDA_11_8
from lab.el_node import content
from lab.el_node.rpm import Rpm
from lab.gpu.packages import VERSIONS
from trueup.declaration import GUIDE_PACKAGES
from trueup.platforms import TOOLS

_HOME = CUDA_11_8.home
_RELOAD = "ldconfig\nif [ -d /run/systemd/system ]; then systemctl daemon-reload; fi"
_LOAD = f"{_RELOAD}\nif [ -d /run/systemd/system ]; then systemctl enable --now trueup-lab-nvidia.service; fi"
_LINK = f"update-alternatives --install /usr/local/cuda cuda {_HOME} {CUDA_11_8.release.replace('.', '')}"
_UNLINK = f"if [ $1 = 0 ]; then update-alternatives --remove cuda {_HOME}; fi"
_USER = "getent passwd chrony >/dev/null || useradd --system --home-dir /var/lib/chrony --shell /sbin/nologin chrony"
# Debian's package -> NVIDIA's for EL.
_NAMES = {
    "libnvidia-ml1": "libnvidia-ml",
    "nvidia-kernel-dkms": "kmod-nvidia-latest-dkms",
    "nvidia-persistenced": "nvidia-persistenced",
}


def of_distribution(scratch: Path) -> list[Rpm]:
    """What Rocky 9 has in its own repositories."""
    aio = content.debian(["libaio-dev", "libaio1"], scratch)
    empty = [Rpm(name) for name in (*TOOLS, *GUIDE_PACKAGES)]
    return [
        *empty,
        # What scripts of packages need, and what dnf asks for the release.
        Rpm("bash", provides=("/bin/sh",)),
        Rpm("rocky-release", "9.4", provides=("system-release = 9.4", "redhat-release = 9.4")),
        Rpm("libaio-devel", "0.3.113", summary="Debian's libaio and its headers", tree=aio),
        Rpm("gcc", "11.4.1", summary="names of Debian's gcc 11", tree=content.compiler("gcc", scratch)),
        Rpm("gcc-c++", "11.4.1", summary="names of Debian's g++ 11", requires=("gcc",),
            tree=content.compiler("g++", scratch)),
        Rpm("chrony", "4.3", summary="Debian's chrony", tree=content.chrony(scratch),
            scripts=(("%pre", _USER), ("%post", _RELOAD))),
        Rpm("python3-dnf-plugin-versionlock", "4.3.1", summary="dnf's own plugin, as Debian has it",
            tree=content.versionlock(scratch)),
    ]  # fmt: skip


def of_nvidia(scratch: Path) -> tuple[list[Rpm], dict[str, list[Rpm]]]:
    """Packages outside any module, and module stream -> packages."""
    found = content.drivers(scratch)
    streams: dict[str, list[Rpm]] = {}
    for version in VERSIONS:
        parts = [
            Rpm(own, version, 3, "simulated GPUs: the driver's stand-in", tree=found[deb, version],
                scripts=(("%post", _LOAD if deb == "nvidia-kernel-dkms" else _RELOAD),))
            for deb, own in _NAMES.items()
        ]  # fmt: skip
        needs = tuple(f"{part.name} = 3:{version}" for part in parts)
        whole = Rpm("nvidia-driver", version, 3, "simulated GPUs: all of the driver's stand-ins", needs)
        streams.setdefault(f"{version.split('.')[0]}-dkms", []).extend([*parts, whole])
    tools = Rpm(
        CUDA_11_8.package,
        CUDA_11_8.version,
        summary=f"Debian's nvcc {CUDA_11_8.release}, NVIDIA's headers",
        tree=content.toolkit(scratch),
        scripts=(("%post", _LINK), ("%preun", _UNLINK)),
        whole=(_HOME,),
    )
    return [tools], streams
