"""What the lab's mirror serves: built here, fetched and verified by the lock, laid out once for all instances."""

from collections.abc import Callable
from pathlib import Path

from lab import local_artifacts, mirror, stacks
from lab.conda import build
from lab.errors import LabError
from lab.instance import Instance
from lab.locks import only_one
from lab.paths import REPOSITORY
from lab.progress import Steps
from lab.stacks import LabStack
from lab.topologies import SHAPES
from trueup.lockfile import LockError, read_lock
from trueup.mirror import MirrorError, read_settings, sync_folder

BUILT_HERE = "lab"  # the lock's name for the origin of what lab/ builds


def provide(instance: Instance, steps: Steps) -> None:
    """Build, fetch, lay out and serve; raises LabError, MirrorError's words in it."""
    stack = stacks.of(instance.shape)
    with only_one(".mirror", steps.say):
        with steps.step("conda packages and the stand-in installer (two minutes, once)"):
            built = build.ensure(steps.say)
        with steps.paused():
            _told(stack, lambda: _supply(stack, built))
        _told(stack, lambda: local_artifacts.add(stack, steps, with_yum="el" in SHAPES[instance.shape]))
        mirror.link(instance)
    with steps.step(f"mirror {instance.mirror_url}"):
        mirror.serve(instance)


def _supply(stack: LabStack, built: Path) -> None:
    sync_folder(read_lock(stack.lock), read_settings((f"{BUILT_HERE}={built.as_uri()}",)), mirror.shared_root(stack))


def _told(stack: LabStack, work: Callable[[], None]) -> None:
    try:
        work()
    except (MirrorError, LockError) as error:
        raise LabError(
            "fill the mirror",
            expected=f"every file of {stack.lock.relative_to(REPOSITORY)}",
            actual=str(error),
            remedy="do what it says, then run `trueup lab up` again: a broken download goes on where it stopped",
        ) from error
