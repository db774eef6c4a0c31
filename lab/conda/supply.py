"""Fills the lab's mirror with everything in LAB's lock: PyPI's files by the user's own index, ours by building."""

from pathlib import Path

from lab.conda.build import Progress, ensure
from lab.errors import LabError
from lab.paths import REPOSITORY, cache_root
from trueup.mirror.cache import Cache
from trueup.mirror.errors import MirrorError
from trueup.mirror.fetch import missing
from trueup.mirror.layout import assemble
from trueup.mirror.origins import read_settings
from trueup.mirror.supply import bring
from trueup.spec.lock import LockError, read_lock

LOCK = REPOSITORY / "locks" / "lab.lock"
ORIGIN = "lab"


def fill(root: Path, progress: Progress | None = None, *, bars: bool = True, lock: Path = LOCK) -> int:
    """Make `root` hold files/ and conda/ as the lock says; how many files had to be fetched.

    About 2.4 GB the first time, a second once everything is there. bars: show the download on standard error.
    LabError if anything cannot be built, fetched or verified.
    """
    cache = Cache(cache_root())
    try:
        wanted = read_lock(lock)
        settings = read_settings()
        if ORIGIN not in settings and any(artifact.origin == ORIGIN for artifact in missing(wanted.artifacts, cache)):
            settings[ORIGIN] = ensure(progress).as_uri()
        fetched = bring(wanted, settings, cache, bars=bars)
        assemble(wanted, root, cache)
    except (MirrorError, LockError) as error:
        raise LabError(
            "fill the lab's mirror",
            wanted=f"every file of {lock}",
            found=str(error),
            todo="as said for each file; after a change of lab/conda, lock it anew (see lab/conda/build.py)",
        ) from error
    return fetched
