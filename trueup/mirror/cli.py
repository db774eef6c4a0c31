"""The command `trueup mirror`: lock, fetch, verify and serve what nodes without Internet need."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from trueup.declaration import Refusal, load_profile
from trueup.lockfile import Lock, LockError, read_lock
from trueup.mirror import build_lock
from trueup.mirror.cache import Cache
from trueup.mirror.errors import MirrorError, MirrorErrors
from trueup.mirror.layout import assemble
from trueup.mirror.origins import index_of, read_settings
from trueup.mirror.serve import serve as serve_folder
from trueup.mirror.sync import fetch_missing
from trueup.mirror.sync import verify as verify_cache

_PATH = click.Path(path_type=Path)
_lock_file = click.argument("lock_file", metavar="LOCK", type=_PATH)
_origins = click.option(
    "--origin", "origins", multiple=True, metavar="NAME=ADDRESS", help="Take an origin's files from this address."
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")


def _fields(error: MirrorError | LockError | Refusal) -> list[dict[str, str]]:
    """The error, or each of several, as JSON shows it."""
    each = error.errors if isinstance(error, MirrorErrors) else (error,)
    names = ("artifact", "step", "expected", "actual", "remedy")
    return [{n: getattr(e, n) for n in names} if isinstance(e, MirrorError) else {"actual": str(e)} for e in each]


@contextmanager
def _said(as_json: bool = False) -> Iterator[None]:
    """Failures that have a message become that message, or a JSON document, and exit status 1."""
    try:
        yield
    except (MirrorError, LockError, Refusal) as error:
        if as_json:
            click.echo(json.dumps({"errors": _fields(error)}, indent=2))
        raise click.ClickException(str(error)) from error


@click.group()
def mirror() -> None:
    """Lock, fetch, verify and serve artifacts for nodes without the Internet.

    Example: trueup mirror serve --root /srv/trueup --host 10.0.0.9 --lock locks/guide.lock
    """


@mirror.command()
@click.argument("profile_name", metavar="PROFILE")
@click.option(
    "--profiles", type=_PATH, default=Path("profiles.py"), show_default=True, help="Read profiles from this file."
)
@click.option(
    "--file", "files", multiple=True, metavar="NAME=SHA256[:SIZE]@ORIGIN", help="Lock a file that no index has."
)
@click.option(
    "--folder", "folders", multiple=True, metavar="ORIGIN=FOLDER", help="Hash and lock the files of this folder."
)
@click.option("--channel", "channels", multiple=True, metavar="ORIGIN=ADDRESS", help="Lock this channel's Python.")
@click.option(
    "--glibc", default="2.28", show_default=True, help="Choose wheels for this glibc, the oldest node's; EL 7 has 2.17."
)
@_origins
@click.option("--keep", is_flag=True, help="Keep the versions of the lock; ask no index.")
def lock(
    profile_name: str,
    profiles: Path,
    files: tuple[str, ...],
    folders: tuple[str, ...],
    channels: tuple[str, ...],
    glibc: str,
    origins: tuple[str, ...],
    keep: bool,
) -> None:
    """Make or refresh the lock of PROFILE, in the file that the profile names."""
    with _said():
        profile = load_profile(profile_name, profiles)
        path = Path(profile.lock)
        old = read_lock(path) if path.exists() else None
        oldest = build_lock.glibc_of(glibc)
        added = [build_lock.given(text) for text in files]
        added += [artifact for text in folders for artifact in build_lock.from_folder(text)]
        with Console(stderr=True).status("asking the index and the channels"):
            added += [artifact for text in channels for artifact in build_lock.from_channel(text, profile, oldest)]
            index = index_of(read_settings(origins))
            made = build_lock.make(profile, old, added, refresh=not keep, glibc=oldest, index=index)
        build_lock.write(made, path, f"The artifacts of the profile {profile_name}")
        changed = set(made.artifacts) ^ set(old.artifacts if old else ())
    click.echo(f"{path}: {len(made.artifacts)} files, {len(changed)} lines differ")


def _tell(lock_file: Path, found: Lock, as_json: bool, text: str, **more: Any) -> None:
    if as_json:
        names = [artifact.name for artifact in found.artifacts]
        click.echo(json.dumps({"lock": str(lock_file), "files": names, **more}, indent=2))
    else:
        click.echo(f"{lock_file}: {text}")


@mirror.command()
@_lock_file
@_origins
@_as_json
def fetch(lock_file: Path, origins: tuple[str, ...], as_json: bool) -> None:
    """Fetch the files of LOCK that are not in the cache; a broken download goes on where it stopped."""
    with _said(as_json):
        found = read_lock(lock_file)
        count = fetch_missing(found, read_settings(origins), Cache.default())
    _tell(lock_file, found, as_json, f"{len(found.artifacts)} files, {count} fetched", fetched=count)


@mirror.command()
@_lock_file
@_as_json
def verify(lock_file: Path, as_json: bool) -> None:
    """Hash every file of LOCK in the cache."""
    with _said(as_json):
        found = read_lock(lock_file)
        verify_cache(found, Cache.default())
    _tell(lock_file, found, as_json, f"{len(found.artifacts)} files are as locked")


@mirror.command()
@click.option("--root", type=_PATH, required=True, help="Serve this folder.")
@click.option("--host", required=True, help="Listen on this address alone.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8713,
    show_default=True,
    help="Listen on this port; 0 takes a free one.",
)
@click.option("--lock", "locks", multiple=True, type=_PATH, help="Lay the files of this lock out in the folder first.")
def serve(root: Path, host: str, port: int, locks: tuple[Path, ...]) -> None:
    """Serve a folder over HTTP, with resume, until stopped."""
    ready: Callable[[str], None] = partial(_ready, root)
    with _said():
        if locks:
            artifacts = {artifact for path in locks for artifact in read_lock(path).artifacts}
            assemble(Lock(artifacts=tuple(sorted(artifacts, key=lambda artifact: artifact.name))), root)
        serve_folder(root, host, port, ready)


def _ready(root: Path, url: str) -> None:
    click.echo(f"serving {root} at {url}")
