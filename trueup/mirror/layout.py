"""Lay out the served folder: flat files/, and conda/ as a channel."""

import asyncio
import shutil
from pathlib import Path

from rattler import IndexJson
from rattler.index import index_fs

from trueup.lockfile import Artifact, Lock
from trueup.mirror.cache import Cache
from trueup.mirror.conda_channel import SUBDIRS, is_conda_package
from trueup.mirror.errors import MirrorError, raise_all


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(source)
    fresh.replace(target)


def _drop_others(folder: Path, names: set[str]) -> None:
    if folder.is_dir():
        for entry in folder.iterdir():
            if entry.name not in names:
                entry.unlink()


def _index(channel: Path) -> None:
    for subdir in SUBDIRS:
        (channel / subdir).mkdir(parents=True, exist_ok=True)
    asyncio.run(index_fs(channel, write_zst=False, write_shards=False, force=True))


def assemble(lock: Lock, root: Path, cache: Cache | None = None) -> None:
    """Make `root` hold exactly the lockfile's artifacts and their conda channel.

    Files are links into the cache.

    The channel is indexed anew only when its packages changed. MirrorError if the cache lacks a file.
    """
    store = cache or Cache.default()
    raise_all(
        [
            MirrorError(
                artifact=artifact.name,
                step="assemble the mirror",
                expected=str(store.path(artifact)),
                actual="no such file",
                remedy="run `trueup mirror fetch`",
            )
            for artifact in lock.artifacts
            if not store.has(artifact)
        ]
    )
    packages = [artifact for artifact in lock.artifacts if is_conda_package(artifact)]
    plain = [artifact for artifact in lock.artifacts if not is_conda_package(artifact)]
    for artifact in plain:
        _place(store.path(artifact), root / "files" / artifact.name)
    _drop_others(root / "files", {artifact.name for artifact in plain})
    _assemble_channel(packages, root / "conda", store)


def _assemble_channel(packages: list[Artifact], channel: Path, store: Cache) -> None:
    stamp = "".join(f"{artifact.line}\n" for artifact in packages)
    made_of = channel / ".made-of"
    if made_of.is_file() and made_of.read_text(encoding="utf-8") == stamp:
        return
    shutil.rmtree(channel, ignore_errors=True)
    for artifact in packages:
        # The indexer and other servers do not follow links out of a channel.
        subdir = IndexJson.from_package_archive(store.path(artifact)).subdir or SUBDIRS[0]
        target = channel / subdir / artifact.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(store.path(artifact), target)
    _index(channel)
    made_of.write_text(stamp, encoding="utf-8")
