"""The image of a node that is made of a distribution's own."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from lab.paths import HERE
from lab.podman import Podman
from lab.progress import Steps

FOLDER = HERE / "distros"
ROOTFS = HERE / "base/rootfs"
PREFIX = "Containerfile."
# Pulling it is part of the build.
DEADLINE = 1800.0


def kinds() -> tuple[str, ...]:
    """Those that have a Containerfile, e.g. "rocky-9"."""
    return tuple(sorted(path.name.removeprefix(PREFIX) for path in FOLDER.glob(f"{PREFIX}*")))


def name_of(kind: str) -> str:
    """Changes with everything that goes into it."""
    digest = hashlib.sha256((FOLDER / f"{PREFIX}{kind}").read_bytes() + (FOLDER / "provision.sh").read_bytes())
    for path in sorted(path for path in ROOTFS.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(ROOTFS)).encode() + b"\0" + path.read_bytes())
    return f"localhost/trueup-lab-{kind}:{digest.hexdigest()[:16]}"


def ensure(kind: str, podman: Podman, steps: Steps) -> str:
    """The name of an image that exists; raises LabError where the distribution's own cannot be pulled."""
    name = name_of(kind)
    if not podman.ok("image", "exists", name):
        with (
            steps.step(f"node image of {kind} (never tried where this was written)"),
            tempfile.TemporaryDirectory() as to,
        ):
            context = Path(to) / "context"
            context.mkdir()
            shutil.copy2(FOLDER / "provision.sh", context)
            shutil.copytree(ROOTFS, context / "rootfs")
            build = ("build", f"--tag={name}", f"--file={FOLDER / (PREFIX + kind)}", to)
            podman.call(*build, step=f"build the node image of {kind}", deadline=DEADLINE)
    return name
