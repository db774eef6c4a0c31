"""The stack of a lab's nodes: a profile, and the toolkit that the lab builds for it; the shape decides which."""

from dataclasses import dataclass
from pathlib import Path

from lab.apt_repo.toolkit import CUDA_11_8, CUDA_12_4, ToolkitPackage
from lab.paths import REPOSITORY
from lab.profiles import LAB, LAB_13
from trueup.declaration import Profile


@dataclass(frozen=True)
class LabStack:
    """A profile, and what the lab serves for it."""

    name: str
    """The profile's name in lab/profiles.py."""
    profile: Profile
    toolkit: ToolkitPackage
    mirror: str
    """The folder of the caches that its artifacts are served from."""

    @property
    def lock(self) -> Path:
        """The lock of the profile."""
        return REPOSITORY / self.profile.lock


STANDARD_STACK = LabStack("lab", LAB, CUDA_11_8, "mirror")
NEWER = LabStack("lab_13", LAB_13, CUDA_12_4, "mirror-13")
# Shapes with a node that has no compiler for the standard one's nvcc.
_OTHERS = {"debian-13": NEWER}


def of(shape: str) -> LabStack:
    """Return the stack of a lab of that shape (lab/topologies.py): all of its nodes run it."""
    return _OTHERS.get(shape, STANDARD_STACK)
