"""What the packages hold: Debian's own files of the same software, the lab's toolkit, the driver's stand-ins."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from lab.apt_repo import build as repository
from lab.gpu import build as gpu
from lab.gpu.packages import TRIPLET, VERSIONS
from lab.process import run
from lab.stacks import STANDARD_STACK

CHRONY_UNIT = """\
[Unit]
Description=NTP client/server (Debian's chrony under EL's names; the lab never sets the host's clock)

[Service]
ExecStart=/usr/sbin/chronyd -n -x -u chrony -f /etc/chrony.conf

[Install]
WantedBy=multi-user.target
"""
CHRONY_CONF = "driftfile /var/lib/chrony/drift\nmakestep 1.0 3\n"
_DEADLINE = 600.0


def debian(packages: Iterable[str], scratch: Path) -> Path:
    """The files of Debian's packages, by this machine's own apt; raises LabError."""
    names = list(packages)
    folder = scratch / f"debian-{names[0]}"
    folder.mkdir()
    run(
        "fetch Debian's packages",
        "apt-get",
        "-q",
        "-o",
        "APT::Sandbox::User=root",
        "download",
        *names,
        deadline=_DEADLINE,
        cwd=folder,
    )
    tree = folder / "tree"
    for deb in sorted(folder.glob("*.deb")):
        unpack(deb, tree)
    return tree


def unpack(deb: Path, tree: Path) -> None:
    """A package's files into a tree."""
    run("unpack a package", "dpkg-deb", "--extract", str(deb), str(tree), deadline=120)


def chrony(scratch: Path) -> Path:
    """Debian's programs, with EL's unit and file."""
    found, tree = debian(["chrony"], scratch), scratch / "chrony"
    _copy(found / "usr/sbin/chronyd", tree / "usr/sbin/chronyd")
    _copy(found / "usr/bin/chronyc", tree / "usr/bin/chronyc")
    _write(tree / "usr/lib/systemd/system/chronyd.service", CHRONY_UNIT)
    _write(tree / "etc/chrony.conf", CHRONY_CONF)
    return tree


def versionlock(scratch: Path) -> Path:
    """dnf's plugin; the node's image was stripped of it."""
    found, tree = debian(["dnf-plugins-core"], scratch), scratch / "versionlock"
    for place in (
        "usr/lib/python3/dist-packages/dnf-plugins/versionlock.py",
        "etc/dnf/plugins/versionlock.conf",
        "etc/dnf/plugins/versionlock.list",
    ):
        _copy(found / place, tree / place)
    return tree


def compiler(language: str, scratch: Path) -> Path:
    """EL 9's own compiler is gcc 11; Debian's of that version lies underneath, and these are its names."""
    tree = scratch / f"names-of-{language}"
    (tree / "usr/bin").mkdir(parents=True)
    for name in {"gcc": ("gcc", "cc"), "g++": ("g++", "c++")}[language]:
        (tree / "usr/bin" / name).symlink_to(f"{language}-11")
    return tree


def toolkit(scratch: Path) -> Path:
    """The lab's nvcc 11.8, as for Debian."""
    tree = scratch / "toolkit"
    unpack(repository.ensure_toolkit(STANDARD_STACK), tree)
    return tree


def drivers(scratch: Path) -> dict[tuple[str, str], Path]:
    """(Debian's package, version) -> its files, where EL has them."""
    found = {}
    for deb in gpu.ensure():
        name, version, _ = deb.name.split("_")
        version = version.removesuffix("-1")
        if version in VERSIONS and not name.startswith(("cuda-drivers", "nvidia-driver-pinning")):
            tree = scratch / f"{name}-{version}"
            unpack(deb, tree)
            _move(tree / "usr/lib" / TRIPLET, tree / "usr/lib64")
            _move(tree / "lib", tree / "usr/lib")
            found[name, version] = tree
    return found


def _move(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(source)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
