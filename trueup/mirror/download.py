"""Download one file: resume an earlier try, and never exceed its size."""

import errno
import re
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import aiohttp
from yarl import URL

from trueup.lockfile import Artifact
from trueup.mirror.errors import MirrorError

CHUNK = 1 << 18
# A file whose size the lock does not know ends somewhere all the same; no driver, installer or wheel is this large.
LARGEST = 16 << 30
# Nothing hangs: a server that says nothing for this long is given up, and the next try goes on from there.
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=15, sock_read=30)


class Interrupted(Exception):
    """The transfer broke off; the bytes so far are kept."""


def _refused(artifact: Artifact, url: str, expected: str, actual: str, remedy: str) -> MirrorError:
    return MirrorError(artifact=artifact.name, step=f"fetch {url}", expected=expected, actual=actual, remedy=remedy)


def _check_status(artifact: Artifact, response: aiohttp.ClientResponse) -> None:
    status = response.status
    if status in (200, 206, 416):
        return
    if status >= 500 or status == 429:
        raise Interrupted(f"status {status} {response.reason}")
    raise _refused(
        artifact,
        str(response.url),
        f"the file with sha256 {artifact.sha256}",
        f"status {status} {response.reason}",
        f"set the address of origin {artifact.origin} to where the file is, or lock what that place has",
    )


def _begin(response: aiohttp.ClientResponse, have: int) -> int:
    """The byte at which the body of the answer starts."""
    if response.status != 206:
        return 0
    match = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return int(match[1]) if match else have


def _write(artifact: Artifact, url: str, out: BinaryIO, data: bytes) -> None:
    try:
        out.write(data)
    except OSError as error:
        raise disk_error(artifact, url, Path(out.name), error) from error


def disk_error(artifact: Artifact, url: str, path: Path, error: OSError) -> MirrorError:
    """Describe a failed write; a full disk keeps the bytes fetched so far."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return _refused(
        artifact,
        url,
        f"to write {artifact.size} bytes to {path.parent}",
        error.strerror or str(error),
        "make room there (or set TRUEUP_CACHE to a larger disk) and run it again: it goes on where it stopped"
        if full
        else "make the folder writable, or set TRUEUP_CACHE to one that is",
    )


async def transfer(
    session: aiohttp.ClientSession,
    artifact: Artifact,
    url: str,
    out: BinaryIO,
    advance: Callable[[int], None],
) -> None:
    """Bring `out`, opened for appending and positioned at its end, to the whole file.

    Raises Interrupted when it broke off and a new call may go on; MirrorError when no further try can help.
    """
    have = out.tell()
    headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"} if have else {}
    try:
        async with session.get(URL(url, encoded=True), headers=headers, timeout=TIMEOUT) as response:
            _check_status(artifact, response)
            begin = 0 if response.status == 416 else _begin(response, have)
            if begin > have:
                # To go on from there would leave a hole of any size.
                raise Interrupted(f"the server sent from byte {begin} on, wanted {have}")
            if begin != have:
                out.truncate(begin)
                out.seek(begin)
                advance(begin - have)
            if response.status != 416:
                await _take(artifact, url, out, response, advance)
                return
            if not have:
                raise Interrupted("the server has not even the first byte")
    except (TimeoutError, aiohttp.ClientError, ConnectionError) as error:
        raise Interrupted(str(error) or type(error).__name__) from error
    # The server has no more bytes than an earlier try got, so it begins anew: nothing broke off, and no try is spent.
    await transfer(session, artifact, url, out, advance)


async def _take(
    artifact: Artifact, url: str, out: BinaryIO, response: aiohttp.ClientResponse, advance: Callable[[int], None]
) -> None:
    most = LARGEST if artifact.size is None else artifact.size
    async for data in response.content.iter_chunked(CHUNK):
        _write(artifact, url, out, data)
        advance(len(data))
        if out.tell() > most:
            raise _refused(
                artifact,
                url,
                f"{most} bytes at most",
                "more than that",
                "the origin serves another file: correct its address, or lock it anew",
            )
