"""Fetch a lockfile's artifacts into the cache: concurrent, resumed, verified, atomic."""

import asyncio
import fcntl
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

import aiohttp

from trueup.lockfile import Artifact
from trueup.mirror.cache import Cache, sha256_of
from trueup.mirror.download import Interrupted, disk_error, transfer
from trueup.mirror.errors import MirrorError, raise_all
from trueup.mirror.progress import FetchProgress, NullProgress

TRIES = 5
PARALLEL = 4


@dataclass(frozen=True, slots=True)
class _Job:
    session: aiohttp.ClientSession
    cache: Cache
    report: FetchProgress
    pause_s: float


def missing_artifacts(artifacts: Iterable[Artifact], cache: Cache) -> list[Artifact]:
    """The artifacts that the cache does not have."""
    return [artifact for artifact in artifacts if not cache.has(artifact)]


def fetch_artifacts(
    artifacts: Iterable[Artifact],
    addresses: Mapping[str, str],
    cache: Cache,
    report: FetchProgress | None = None,
    pause_s: float = 1.0,
) -> None:
    """Fetch every artifact that the cache lacks.

    addresses: file name -> http(s) or file address. pause_s: seconds before the second try, doubled
    each time.
    Raises MirrorError, of one file or of several, after all others were fetched.
    """
    artifacts_to_fetch = missing_artifacts(artifacts, cache)
    _check_free_space(artifacts_to_fetch, cache)
    raise_all(asyncio.run(_fetch_all(artifacts_to_fetch, addresses, cache, report or NullProgress(), pause_s)))


def _check_free_space(artifacts_to_fetch: list[Artifact], cache: Cache) -> None:
    cache.root.mkdir(parents=True, exist_ok=True)
    parts = [_part(cache.path(artifact)) for artifact in artifacts_to_fetch]
    needed = sum(artifact.size or 0 for artifact in artifacts_to_fetch) - sum(_size(part) for part in parts)
    free = shutil.disk_usage(cache.root).free
    if needed > free:
        raise MirrorError(
            step=f"fetch {len(artifacts_to_fetch)} files",
            expected=f"{needed} bytes free in {cache.root}",
            actual=f"{free} bytes",
            remedy="make room there, or set TRUEUP_CACHE to a larger disk",
        )


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


async def _fetch_all(
    artifacts_to_fetch: list[Artifact],
    addresses: Mapping[str, str],
    cache: Cache,
    report: FetchProgress,
    pause_s: float,
) -> list[MirrorError]:
    gate = asyncio.Semaphore(PARALLEL)
    errors: list[MirrorError] = []
    async with aiohttp.ClientSession(trust_env=True, auto_decompress=False) as session:
        job = _Job(session, cache, report, pause_s)

        async def one(artifact: Artifact) -> None:
            async with gate:
                try:
                    await _fetch_one(job, artifact, addresses[artifact.name])
                except MirrorError as error:
                    errors.append(error)

        async with asyncio.TaskGroup() as group:
            for artifact in sorted(artifacts_to_fetch, key=lambda artifact: -(artifact.size or 0)):
                group.create_task(one(artifact))
    return errors


async def _fetch_one(job: _Job, artifact: Artifact, url: str) -> None:
    path = job.cache.path(artifact)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _part(path).open("ab") as out:
            # Two runs of trueup may share one cache: the second waits, then finds the file there.
            await asyncio.to_thread(fcntl.flock, out, fcntl.LOCK_EX)
            if job.cache.has(artifact):
                return
            job.report.start(artifact.name, artifact.size, out.tell())
            await _until_right(job, artifact, url, out)
            out.flush()
            os.fsync(out.fileno())
            _part(path).replace(path)
    except OSError as error:
        raise disk_error(artifact, url, path, error) from error
    job.report.finish(artifact.name)


async def _until_right(job: _Job, artifact: Artifact, url: str, out: BinaryIO) -> None:
    """Complete the file; restart a resumed one once if its hash differs."""
    resumed = out.tell() > 0
    found = await _complete(job, artifact, url, out)
    if found != artifact.sha256 and resumed:
        job.report.advance(artifact.name, -out.tell())
        out.truncate(0)
        out.seek(0)
        found = await _complete(job, artifact, url, out)
    if found != artifact.sha256:
        size = out.tell()
        out.truncate(0)
        raise MirrorError(
            artifact=artifact.name,
            step=f"verify what {url} sent",
            expected=f"sha256 {artifact.sha256}, {artifact.size} bytes",
            actual=f"sha256 {found}, {size} bytes; dropped",
            remedy=f"correct the address of origin {artifact.origin}, or lock it anew if you trust that file",
        )


async def _complete(job: _Job, artifact: Artifact, url: str, out: BinaryIO) -> str:
    """Complete the file, each retry resuming the last; return its SHA-256."""
    for again in range(TRIES):
        try:
            if artifact.size is None or out.tell() < artifact.size:
                await _bytes_of(job, artifact, url, out)
            out.flush()
            if artifact.size is not None and out.tell() < artifact.size:
                raise Interrupted(f"the server closed after {out.tell()} of {artifact.size} bytes")
            return await asyncio.to_thread(sha256_of, Path(out.name))
        except Interrupted as error:
            why = str(error)
            await asyncio.sleep(job.pause_s * 2**again)
    raise MirrorError(
        artifact=artifact.name,
        step=f"fetch {url}",
        expected=f"{artifact.size} bytes",
        actual=f"{out.tell()} bytes after {TRIES} tries; the last: {why}",
        remedy="look at the origin and the network, then run it again: it goes on where it stopped",
    )


async def _bytes_of(job: _Job, artifact: Artifact, url: str, out: BinaryIO) -> None:
    parts = urlsplit(url)
    if parts.scheme != "file":
        await transfer(job.session, artifact, url, out, lambda count: job.report.advance(artifact.name, count))
        return
    out.truncate(0)
    out.seek(0)
    source = Path(unquote(parts.path))
    if not source.is_file():
        raise MirrorError(
            artifact=artifact.name,
            step=f"copy {source}",
            expected=f"the file with sha256 {artifact.sha256}",
            actual="no such file",
            remedy=f"correct the address of origin {artifact.origin}",
        )
    with source.open("rb") as stream:
        await asyncio.to_thread(shutil.copyfileobj, stream, out)
