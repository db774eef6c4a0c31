"""What the lab's mirror has beside the lock's files: NVIDIA's repository, DeepSpeed's wheels, and their own lock.

All of it is made on this machine, so its hashes stand in the site's own lock and are never committed.
"""

from collections.abc import Mapping
from pathlib import Path

from lab.apt_repo import build as packages
from lab.apt_repo import signing
from lab.deepspeed import build as deepspeed
from lab.el_node import build as yum
from lab.mirror import shared_root
from lab.progress import Steps
from lab.stacks import LabStack
from trueup.files import write_atomic
from trueup.lockfile import Artifact, site_lock_path
from trueup.mirror import sha256_of

ORIGIN = "lab"
HEAD = "# What this machine made for its lab: file name, size in bytes, SHA-256, origin. Never committed.\n"


def add(stack: LabStack, steps: Steps, *, with_yum: bool = False) -> None:
    """Build what is missing and lay it out below the stack's mirror, beside the lock's files; raises LabError.

    with_yum: the repositories of a node of EL shape as well.
    """
    root = shared_root(stack)
    with steps.step(f"NVIDIA's packages: nvcc {stack.toolkit.release} and the driver's stand-ins (20 s, once)"):
        apt = packages.ensure(stack)
    with steps.step("DeepSpeed's ops for sm_80 and sm_70 (two minutes, once)"):
        wheels = deepspeed.ensure(stack, steps.say)
    _point(root / "apt", apt)
    key = apt / packages.PLACE / signing.NAME
    if with_yum:
        with steps.step("packages for rpm, in signed repositories of yum (half a minute, once)"):
            _point(root / "yum", yum.ensure())
    # One key of the lab stands in for both of NVIDIA's.
    made = {signing.EL_NAME: key, **{file.name: file for file in (key, *wheels)}}
    for name, file in made.items():
        _point(root / "files" / name, file)
    write_site_lock(stack.lock, made)


def write_site_lock(lock: Path, files: Mapping[str, Path]) -> None:
    """The site's own lock beside the profile's, whole or not at all; files: by the name that nodes ask for."""
    lines = [
        Artifact(name=name, size=file.stat().st_size, sha256=sha256_of(file), origin=ORIGIN).line
        for name, file in sorted(files.items())
    ]
    write_atomic(site_lock_path(lock), HEAD + "".join(f"{line}\n" for line in lines), mode=0o644)


def _point(link: Path, target: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)
