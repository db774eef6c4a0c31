"""From an origin's name in a lock to the address of each file; the addresses are settings, never committed.

An address is `https://host/folder` (files lie flat in it), `file:///folder`, `index+https://host/simple` (a package
index, PEP 503) or `channel+https://host/channel` (of conda). A setting is looked up in this order:
`--origin NAME=ADDRESS`, TRUEUP_ORIGIN_<NAME>, ~/.config/trueup/origins.toml (`NAME = "ADDRESS"`).
Without one, `pypi` is the index that uv is configured to use; any other origin is an error.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from trueup.lockfile import Artifact, Lock
from trueup.mirror.conda_channel import where
from trueup.mirror.errors import MirrorError, raise_all
from trueup.mirror.resolve import locate

INDEX = "index+"
CHANNEL = "channel+"
PYPI = "pypi"
_ADDRESS = re.compile(r"^(index\+|channel\+)?(https?|file)://\S+$")


def settings_file() -> Path:
    """XDG_CONFIG_HOME/trueup/origins.toml."""
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "trueup" / "origins.toml"


def _from_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MirrorError(
            step="read the origins",
            expected=f'lines NAME = "ADDRESS" in {path}',
            actual=str(error),
            remedy="correct the file",
        ) from error
    return {name: str(address) for name, address in found.items()}


def read_settings(options: Iterable[str] = (), environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Origin name -> address, of all three places; options are `NAME=ADDRESS`.

    MirrorError names the setting that is no address.
    """
    env = os.environ if environ is None else environ
    prefix = "TRUEUP_ORIGIN_"
    from_env = {key.removeprefix(prefix).lower(): value for key, value in env.items() if key.startswith(prefix)}
    from_options = {name: address for name, _, address in (option.partition("=") for option in options)}
    settings = {**_from_file(settings_file()), **from_env, **from_options}
    raise_all(
        [
            MirrorError(
                step=f"read the address of origin {name}",
                expected="https://host/folder, file:///folder, index+https://host/simple or channel+https://host/channel",
                actual=repr(address),
                remedy=f"correct --origin {name}=..., TRUEUP_ORIGIN_{name.upper()} or {settings_file()}",
            )
            for name, address in settings.items()
            if not _ADDRESS.match(address)
        ]
    )
    return {name: address.rstrip("/") for name, address in settings.items()}


def index_of(settings: Mapping[str, str]) -> str | None:
    """The address of the site's own package index; None for the one that uv is configured to use."""
    address = settings.get(PYPI, "")
    return address.removeprefix(INDEX) if address.startswith(INDEX) else None


def sdist_parts(artifact: Artifact) -> tuple[str, str] | None:
    """(project, version) of a source distribution `project-version.tar.gz`, else None."""
    match = re.match(r"^(?P<project>.+)-(?P<version>\d[^-]*)\.tar\.gz$", artifact.name)
    return (match["project"], match["version"]) if match else None


def python_of(artifacts: Iterable[Artifact]) -> str:
    """The CPython that the wheels are for, e.g. "3.11", by their most frequent version tag."""
    tags = re.findall(r"-cp(3)(\d+)-cp3\d+-", "\n".join(artifact.name for artifact in artifacts))
    return ".".join(max(set(tags), key=tags.count)) if tags else "3.11"


def _in_index(artifacts: list[Artifact], python: str, index: str | None) -> dict[str, str]:
    wheels = [f"{a.project}=={a.version}" for a in artifacts if a.project is not None]
    sdists = [parts for a in artifacts if (parts := sdist_parts(a))]
    pins = [*wheels, *(f"{project}=={version}" for project, version in sdists)]
    return locate(pins, python, [project for project, _ in sdists], index)


def addresses(lock: Lock, settings: Mapping[str, str], only: Iterable[Artifact] | None = None) -> dict[str, str]:
    """File name -> address, for every only artifact (default: all of the lock).

    MirrorError for an origin that has no address, and for a file that an index does not have.
    """
    artifacts = list(lock.artifacts if only is None else only)
    found: dict[str, str] = {}
    errors: list[MirrorError] = []
    for origin in sorted({artifact.origin for artifact in artifacts}):
        mine = [artifact for artifact in artifacts if artifact.origin == origin]
        address = settings.get(origin, INDEX if origin == PYPI else "")
        if address.startswith(INDEX):
            found |= _in_index(mine, python_of(lock.artifacts), address.removeprefix(INDEX) or None)
        elif address.startswith(CHANNEL):
            found |= where(address.removeprefix(CHANNEL), mine)
        elif address:
            found |= {artifact.name: f"{address}/{quote(artifact.name)}" for artifact in mine}
        errors += [_missing(artifact, address) for artifact in mine if artifact.name not in found]
    raise_all(errors)
    return {artifact.name: found[artifact.name] for artifact in artifacts}


def _missing(artifact: Artifact, address: str) -> MirrorError:
    name = artifact.origin
    setting = f"--origin {name}=ADDRESS, TRUEUP_ORIGIN_{name.upper()} or {settings_file()}"
    return MirrorError(
        artifact=artifact.name,
        step=f"find it at origin {name}",
        expected=f"the address of a file with sha256 {artifact.sha256}",
        actual=f"no such file in {address.removeprefix(INDEX).removeprefix(CHANNEL) or 'the index'}"
        if address
        else "no setting",
        remedy="lock it anew with `trueup mirror lock`" if address else f"set {setting}",
    )
