"""The package cuda-toolkit-11-8: Debian's nvcc and NVIDIA's headers, laid out as NVIDIA lays them out.

Headers and libcudart are those of 11.8; the headers of cublas, cusparse, cusolver and curand are those of the
libraries that torch brings (locks/lab.lock). The sanitizer, the disassembler and the static libraries are left out.
"""

import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

from lab.paths import HERE as LAB

TOOLKIT = "11.8"
PACKAGE = f"cuda-toolkit-{TOOLKIT.replace('.', '-')}"
VERSION = "11.8.0-1"
DEBIAN = "nvidia-cuda-toolkit"
HERE = LAB / "repo"
PROGRAMS = ("cudafe++", "fatbinary", "nvlink", "ptxas", "cuobjdump", "nvprune", "bin2c", "cu++filt")
CUDART = "libcudart.so.11.0"
# Wheels that the lock of the environment has anyway.
SHARED = ("nvidia-cublas-cu11", "nvidia-cusparse-cu11", "nvidia-cusolver-cu11", "nvidia-curand-cu11")
CONTROL = f"""Package: {PACKAGE}
Version: {VERSION}
Architecture: amd64
Maintainer: trueup's lab <lab@trueup.invalid>
Depends: libc6, libgcc-s1
Priority: optional
Section: misc
Description: A STAND-IN for {PACKAGE}: Debian's nvcc {TOOLKIT}, NVIDIA's headers
 Made by trueup's lab of Debian's {DEBIAN} and NVIDIA's wheels. The compiler is the real one.
"""


def lay_out(debian: Path, wheels: Iterable[Path], tree: Path) -> None:
    """Write the package's tree, as dpkg-deb packs it; debian: Debian's package, unpacked."""
    home = tree / f"usr/local/cuda-{TOOLKIT}"
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
        _unpack(wheel, home)
    (home / "lib64/libcudart.so").symlink_to(CUDART)
    (home / "lib").symlink_to("lib64")
    (home / "version.json").write_text(f'{{"cuda": {{"name": "CUDA SDK", "version": "{TOOLKIT}.0"}}}}\n')
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN/control").write_text(CONTROL)
    for script in ("postinst", "prerm"):
        text = (HERE / script).read_text().replace("@TOOLKIT@", TOOLKIT)
        (tree / "DEBIAN" / script).write_text(text.replace("@PRIORITY@", TOOLKIT.replace(".", "")))
        (tree / "DEBIAN" / script).chmod(0o755)


def place_of(member: str) -> str | None:
    """Where a file of a wheel goes below the toolkit's folder; None for one that has no place there."""
    parts = member.split("/")
    if parts[0] != "nvidia" or parts[-1] == "__init__.py":
        return None
    if parts[2:3] == ["include"]:
        return "/".join(parts[2:])
    if parts[2:] == ["lib", CUDART]:
        return f"lib64/{CUDART}"
    return None


def _unpack(wheel: Path, home: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        for member in opened.namelist():
            place = None if member.endswith("/") else place_of(member)
            if place is not None:
                target = home / place
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(opened.read(member))
