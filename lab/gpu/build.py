"""Compiles the stand-in for NVML and packs it as the packages that a CUDA repository has."""

import hashlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from lab.errors import LabError
from lab.gpu.packages import PACKAGES, VERSIONS, lay_out
from lab.paths import cache_root

HERE = Path(__file__).resolve().parent
# NVIDIA's own header, from their package of it; it is fetched and never kept in this repository.
HEADERS = "nvidia-nvml-dev-cu12==12.9.79"
HEADERS_SHA256 = "8bb367913c62cb65be9ae386c58dbf573f1f9e2f01cae54abb87bf5f63c6069e"
_DECLARED = re.compile(r"^nvmlReturn_t DECLDIR (nvml\w+)\(", re.MULTILINE)
FLAGS = ("-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O2", "-fPIC", "-shared")
REST = "/* A STAND-IN: every other function of NVML. */\n"


def source_hash() -> str:
    """The SHA-256 of everything that the packages are made from."""
    digest = hashlib.sha256(f"{HEADERS_SHA256} {FLAGS} {VERSIONS}".encode())
    sources = (path for path in HERE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    for path in sorted(sources):
        digest.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _run(step: str, *command: str, cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        found = (done.stderr or done.stdout).strip()[-2000:]
        todo = f"run it by hand: {' '.join(command)}"
        raise LabError(step, expected="exit status 0", actual=f"{done.returncode}: {found}", remedy=todo)


def fetch_header(folder: Path) -> Path:
    """The folder that holds nvml.h, fetched by uv and checked against its hash; LabError where that fails."""
    wanted, place = folder / "requirements.txt", folder / "nvml"
    wanted.write_text(f"{HEADERS} --hash=sha256:{HEADERS_SHA256}\n", "utf-8")
    uv = (str(Path(sysconfig.get_path("scripts")) / "uv"), "pip", "install", "--quiet", "--python", sys.executable)
    _run("fetch NVML's header", *uv, "--require-hashes", "--no-deps", "--target", str(place), "-r", str(wanted))
    return next(place.rglob("nvml.h")).parent


def rest_of(header: str) -> str:
    """C that answers NOT_SUPPORTED (3, nvml.h) for every function of the header; weak: a source's own wins."""
    names = sorted(set(_DECLARED.findall(header)))
    return REST + "".join(f"__attribute__((weak)) int {name}(void) {{ return 3; }}\n" for name in names)


def compile_library(include: Path, work: Path, version: str) -> Path:
    """libnvidia-ml.so.1 of that driver version, in the work folder."""
    sources = sorted((HERE / "nvml").glob("*.c"))
    rest = work / "rest.c"
    rest.write_text(rest_of((include / "nvml.h").read_text("utf-8")), "utf-8")
    library = work / "libnvidia-ml.so.1"
    made = (f'-DSTAND_IN_VERSION="{version}"', "-isystem", str(include), "-Wl,-soname,libnvidia-ml.so.1")
    _run("compile the stand-in NVML", "gcc", *FLAGS, *made, "-o", str(library), *map(str, sources), str(rest))
    return library


def ensure() -> list[Path]:
    """The packages (.deb), built if their sources changed since the last time; a few seconds then.

    Raises LabError where uv, gcc or dpkg-deb fails.
    """
    place = cache_root() / "gpu" / source_hash()[:16]
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
            _build(Path(scratch))
            # Two builders at once: the first one's packages stay, the other's are as good.
            if not place.is_dir():
                shutil.copytree(Path(scratch) / "debs", place)
    return sorted(place.glob("*.deb"))


def _build(scratch: Path) -> None:
    debs = scratch / "debs"
    debs.mkdir()
    include = fetch_header(scratch)
    for version in VERSIONS:
        work = scratch / version
        work.mkdir()
        library = compile_library(include, work, version)
        for package in PACKAGES:
            tree = work / package.name_of(version)
            lay_out(package, version, tree, HERE / "package", library)
            _run(f"pack {tree.name}", "dpkg-deb", "--root-owner-group", "--build", str(tree), str(debs))
