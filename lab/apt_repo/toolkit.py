"""The package of a CUDA toolkit: Debian's nvcc and NVIDIA's headers, laid out as NVIDIA lays them out.

Headers and libcudart are those of the toolkit; the headers of cublas, cusparse, cusolver and curand are those of the
libraries that torch brings (the lock of the profile). The sanitizer, the disassembler and the static libraries are
left out.
"""

import re
import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lab.paths import HERE as LAB

DEBIAN = "nvidia-cuda-toolkit"
HERE = LAB / "apt_repo"
# glibc 2.41 declares these as well, and as functions that do not throw: with NVIDIA's own headers of CUDA 12 nothing
# compiles on Debian 13.
_CLASH = re.compile(r"\b((?:double|float) +(?:sin|cos)pif?\((?:const )?(?:double|float) [ax]\))")
PROGRAMS = ("cudafe++", "fatbinary", "nvlink", "ptxas", "cuobjdump", "nvprune", "bin2c", "cu++filt")


@dataclass(frozen=True)
class ToolkitPackage:
    """release: as a profile names it; version: NVIDIA's of the package; suite: of Debian, which has that nvcc.

    cudart: the file name of libcudart. lock: NVIDIA's own wheels, in lab/apt_repo; shared: wheels that the lock of the
    environment has anyway. amended: headers that lack what glibc 2.41 asks of them, which they are given.
    """

    release: str
    version: str
    suite: str
    cudart: str
    lock: str
    shared: tuple[str, ...]
    amended: tuple[str, ...] = ()

    @property
    def package(self) -> str:
        """NVIDIA's name of it."""
        return f"cuda-toolkit-{self.release.replace('.', '-')}"

    @property
    def home(self) -> str:
        """Where it lies on a node."""
        return f"/usr/local/cuda-{self.release}"

    @property
    def control(self) -> str:
        """The package's control file; deb-control(5)."""
        changed = f" Amended for glibc 2.41: {', '.join(self.amended)}.\n" if self.amended else ""
        return (
            f"Package: {self.package}\n"
            f"Version: {self.version}-1\n"
            "Architecture: amd64\n"
            "Maintainer: trueup's lab <lab@trueup.invalid>\n"
            "Depends: libc6, libgcc-s1\n"
            "Priority: optional\n"
            "Section: misc\n"
            f"Description: A STAND-IN for {self.package}: Debian's nvcc {self.release}, NVIDIA's headers\n"
            f" Made by trueup's lab of Debian's {DEBIAN} and NVIDIA's wheels. The compiler is the real one.\n{changed}"
        )


CUDA_11_8 = ToolkitPackage(
    release="11.8",
    version="11.8.0",
    suite="bookworm",
    cudart="libcudart.so.11.0",
    lock="toolkit.lock",
    shared=("nvidia-cublas-cu11", "nvidia-cusparse-cu11", "nvidia-cusolver-cu11", "nvidia-curand-cu11"),
)
CUDA_12_4 = ToolkitPackage(
    release="12.4",
    version="12.4.1",
    suite="trixie",
    cudart="libcudart.so.12",
    lock="toolkit-12.4.lock",
    shared=(
        "nvidia-cublas-cu12",
        "nvidia-cuda-runtime-cu12",
        "nvidia-curand-cu12",
        "nvidia-cusolver-cu12",
        "nvidia-cusparse-cu12",
    ),
    amended=("crt/math_functions.h", "crt/math_functions.hpp"),
)


def lay_out(toolkit: ToolkitPackage, debian: Path, wheels: Iterable[Path], tree: Path) -> None:
    """Write the package's tree, as dpkg-deb packs it; debian: Debian's package, unpacked."""
    home = tree / toolkit.home.lstrip("/")
    for name in ("bin", "include", "lib64", "nvvm/bin", "nvvm/libdevice"):
        (home / name).mkdir(parents=True)
    own = debian / "usr/lib/nvidia-cuda-toolkit"
    for name in PROGRAMS:
        shutil.copy2(debian / "usr/bin" / name, home / "bin" / name)
    shutil.copy2(own / "bin/nvcc", home / "bin/nvcc")
    shutil.copytree(own / "bin/crt", home / "bin/crt")
    shutil.copyfile(HERE / "nvcc.profile", home / "bin/nvcc.profile")
    shutil.copy2(own / "bin/cicc", home / "nvvm/bin/cicc")
    shutil.copyfile(own / "libdevice/libdevice.10.bc", home / "nvvm/libdevice/libdevice.10.bc")
    for wheel in wheels:
        _unpack(wheel, toolkit.cudart, home)
    for name in toolkit.amended:
        header = home / "include" / name
        header.write_text(for_newer_glibc(header.read_text()))
    (home / "lib64/libcudart.so").symlink_to(toolkit.cudart)
    (home / "lib").symlink_to("lib64")
    (home / "version.json").write_text(f'{{"cuda": {{"name": "CUDA SDK", "version": "{toolkit.version}"}}}}\n')
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN/control").write_text(toolkit.control)
    for script in ("postinst", "prerm"):
        text = (HERE / script).read_text().replace("@TOOLKIT@", toolkit.release)
        (tree / "DEBIAN" / script).write_text(text.replace("@PRIORITY@", toolkit.release.replace(".", "")))
        (tree / "DEBIAN" / script).chmod(0o755)


def for_newer_glibc(header: str) -> str:
    """The header with the promise that sinpi and its kin do not throw, as glibc 2.41 has them."""
    return _CLASH.sub(r"\1 noexcept(true)", header)


def place_of(member: str, cudart: str) -> str | None:
    """Where a file of a wheel goes below the toolkit's folder; None for one that has no place there."""
    parts = member.split("/")
    if parts[0] != "nvidia" or parts[-1] == "__init__.py":
        return None
    if parts[2:3] == ["include"]:
        return "/".join(parts[2:])
    if parts[2:] == ["lib", cudart]:
        return f"lib64/{cudart}"
    return None


def _unpack(wheel: Path, cudart: str, home: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        for member in opened.namelist():
            place = None if member.endswith("/") else place_of(member, cudart)
            if place is not None:
                target = home / place
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(opened.read(member))
