"""What each of the lab's driver packages is called, needs and holds."""

import shutil
from dataclasses import dataclass
from pathlib import Path

# An update within the branch, so that a mismatch can be made; and a later branch, which has no Volta any more.
VERSIONS = ("580.95.05", "580.105.08", "590.48.01")
TRIPLET = "x86_64-linux-gnu"


@dataclass(frozen=True)
class Package:
    """A package named as in a CUDA repository; {branch} and {version} stand for the driver's.

    files: (source in lab/gpu/package or "library", place on the node, mode).
    """

    name: str
    depends: str
    summary: str
    files: tuple[tuple[str, str, int], ...] = ()
    version: str = "{version}-1"
    postinst: bool = False

    def name_of(self, version: str) -> str:
        """With the branch filled in."""
        return filled(self.name, version)


def filled(text: str, version: str) -> str:
    """The text with branch and version in place."""
    return text.format(branch=version.split(".")[0], version=version)


PACKAGES = (
    Package(
        "libnvidia-ml1",
        "libc6",
        "simulated GPUs: a library that answers as NVML would",
        (("library", f"usr/lib/{TRIPLET}/libnvidia-ml.so.1", 0o644),),
    ),
    Package(
        "nvidia-kernel-dkms",
        "mount",
        "simulated GPUs: the words of a loaded kernel module, no module",
        (
            ("trueup-lab-nvidia-module", "usr/lib/trueup-lab/nvidia-module", 0o755),
            ("trueup-lab-nvidia.service", "lib/systemd/system/trueup-lab-nvidia.service", 0o644),
        ),
        postinst=True,
    ),
    Package(
        "nvidia-persistenced",
        "nvidia-kernel-dkms (= {version}-1)",
        "simulated GPUs: a daemon that is there and does nothing",
        (
            ("nvidia-persistenced", "usr/bin/nvidia-persistenced", 0o755),
            ("nvidia-persistenced.service", "lib/systemd/system/nvidia-persistenced.service", 0o644),
        ),
    ),
    Package(
        "cuda-drivers-{branch}",
        "libnvidia-ml1 (= {version}-1), nvidia-kernel-dkms (= {version}-1), nvidia-persistenced (= {version}-1)",
        "simulated GPUs: all of the driver's stand-ins",
    ),
    Package(
        "nvidia-driver-pinning-{branch}",
        "apt",
        "simulated GPUs: keeps the driver's stand-ins at one branch",
        (("pinning", "etc/apt/preferences.d/nvidia-driver-pinning-{branch}", 0o644),),
    ),
)


def control(package: Package, version: str) -> str:
    """The package's control file; deb-control(5)."""
    return filled(
        f"Package: {package.name}\nVersion: {package.version}\nArchitecture: amd64\n"
        f"Maintainer: trueup's lab <lab@trueup.invalid>\nDepends: {package.depends}\nPriority: optional\n"
        f"Section: misc\nDescription: A STAND-IN for {package.name}; {package.summary}\n"
        " Made by trueup's lab. It is not NVIDIA's, drives nothing, and belongs on lab nodes only.\n",
        version,
    )


def lay_out(package: Package, version: str, tree: Path, sources: Path, library: Path) -> None:
    """Write the package's tree, as dpkg-deb packs it."""
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN/control").write_text(control(package, version), "utf-8")
    notice = tree / "usr/share/doc" / package.name_of(version) / "README"
    notice.parent.mkdir(parents=True)
    notice.write_text("A STAND-IN made by trueup's lab; not NVIDIA's.\n", "utf-8")
    for source, place, mode in package.files:
        target = tree / filled(place, version)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source == "library":
            shutil.copyfile(library, target)
        else:
            text = (sources / source).read_text("utf-8")
            branch = version.split(".")[0]
            target.write_text(text.replace("@VERSION@", version).replace("@BRANCH@", branch), "utf-8")
        target.chmod(mode)
    if package.postinst:
        shutil.copyfile(sources / "postinst", tree / "DEBIAN/postinst")
        (tree / "DEBIAN/postinst").chmod(0o755)
