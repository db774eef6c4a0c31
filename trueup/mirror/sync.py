"""Sync a lockfile's artifacts from origins through the cache to the folder."""

from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from trueup.lockfile import Lock
from trueup.mirror.cache import Cache
from trueup.mirror.errors import MirrorError, raise_all
from trueup.mirror.fetch import fetch_artifacts, missing_artifacts
from trueup.mirror.layout import assemble
from trueup.mirror.origins import addresses
from trueup.mirror.progress import NullProgress, ProgressBars


def fetch_missing(lock: Lock, settings: Mapping[str, str], cache: Cache, *, bars: bool = True) -> int:
    """Fetch what the cache lacks; how many files that were. settings: origin name -> address.

    bars: show progress on standard error. MirrorError names every file that could not be had.
    """
    missing = missing_artifacts(lock.artifacts, cache)
    if missing:
        total = sum(artifact.size or 0 for artifact in missing)
        with ProgressBars(f"{len(missing)} files", total) if bars else nullcontext(NullProgress()) as report:
            fetch_artifacts(missing, addresses(lock, settings, missing), cache, report)
    return len(missing)


def sync_folder(
    lock: Lock, settings: Mapping[str, str], root: Path, cache: Cache | None = None, *, bars: bool = True
) -> int:
    """Fetch what is missing and assemble `root`; how many files were fetched. MirrorError as of both."""
    store = cache or Cache.default()
    fetched = fetch_missing(lock, settings, store, bars=bars)
    assemble(lock, root, store)
    return fetched


def verify(lock: Lock, cache: Cache, *, bars: bool = True) -> None:
    """Hash every cached artifact; MirrorError names each missing or altered one."""
    errors: list[MirrorError] = []
    total = sum(artifact.size or 0 for artifact in lock.artifacts)
    with ProgressBars("verify", total) if bars else nullcontext(NullProgress()) as report:
        for artifact in lock.artifacts:
            name = artifact.name
            report.start(name, artifact.size, 0)
            try:
                cache.check(artifact, partial(report.advance, name))
            except MirrorError as error:
                errors.append(error)
            report.finish(name)
    raise_all(errors)
