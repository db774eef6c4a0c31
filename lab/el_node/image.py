"""The image of the node of EL shape: the lab's empty Debian with rpm, dnf and EL's names."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from lab.paths import HERE
from lab.podman import Podman
from lab.progress import Steps

BASE = HERE / "el_node/base"
DEADLINE = 900.0


def name_of(base: str) -> str:
    """Changes with the Debian underneath and with everything that goes on top."""
    digest = hashlib.sha256(base.encode())
    for path in sorted(path for path in BASE.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(BASE)).encode() + b"\0" + path.read_bytes())
    return f"localhost/trueup-lab-el:{digest.hexdigest()[:16]}"


def ensure(base: str, podman: Podman, steps: Steps) -> str:
    """The name of an image that exists; raises LabError."""
    name = name_of(base)
    if not podman.ok("image", "exists", name):
        with steps.step("node image of EL shape: rpm, dnf (a minute, once)"), tempfile.TemporaryDirectory() as folder:
            shutil.copytree(BASE, Path(folder) / "context")
            podman.call(
                "build",
                "--isolation=chroot",
                f"--build-arg=BASE={base}",
                f"--tag={name}",
                f"--file={BASE / 'Containerfile'}",
                folder,
                step="build the node image of EL shape",
                deadline=DEADLINE,
            )
    return name
