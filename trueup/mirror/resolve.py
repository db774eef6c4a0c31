"""Resolve a profile's files in the package index through uv.

uv finds the index by its own configuration (uv.toml, UV_DEFAULT_INDEX), so no address is written here.
"""

import os
import subprocess
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename
from uv import find_uv_bin

from trueup.mirror.errors import MirrorError

# PEP 600. The newest glibc that wheels may need: EL 8 and Debian 10 have 2.28. A lock for EL 7 needs 2.17.
GLIBC = (2, 28)
OLDEST_GLIBC = 5  # manylinux1 is manylinux_2_5


@dataclass(frozen=True, slots=True)
class IndexFile:
    """One file of an index; size in bytes."""

    name: str
    url: str
    size: int | None
    sha256: str


def platform_of(glibc: tuple[int, int]) -> str:
    """The target as uv names it."""
    return f"x86_64-manylinux_{glibc[0]}_{glibc[1]}"


def _run_uv(
    requirements: Iterable[str], python: str, options: Sequence[str], glibc: tuple[int, int] = GLIBC
) -> list[dict[str, Any]]:
    platform = platform_of(glibc)
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "wanted.in")
        wanted.write_text("".join(f"{line}\n" for line in requirements), encoding="utf-8")
        found = Path(folder, "pylock.toml")
        command = [
            *(find_uv_bin(), "pip", "compile", "--quiet", "--no-header", "--format", "pylock.toml"),
            *("--python-version", python, "--python-platform", platform, *options),
            *("--output-file", str(found), str(wanted)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"NO_COLOR": "1"})
        if done.returncode != 0:
            raise MirrorError(
                step="ask the package index",
                expected=f"every file for Python {python} on {platform}",
                actual=done.stderr.strip(),
                remedy="change the pin that the resolver names, or name your site's index (UV_DEFAULT_INDEX)",
            )
        packages: list[dict[str, Any]] = tomllib.loads(found.read_text(encoding="utf-8")).get("packages", [])
        return packages


def _index_file(entry: dict[str, Any]) -> IndexFile:
    url = entry["url"] if "url" in entry else Path(entry["path"]).resolve().as_uri()
    name = unquote(urlsplit(url).path.rsplit("/", 1)[-1])
    return IndexFile(name=name, url=url, size=entry.get("size"), sha256=entry["hashes"]["sha256"])


def _files(package: dict[str, Any]) -> list[IndexFile]:
    entries = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else [])]
    return [_index_file(entry) for entry in entries]


def target_tags(python: str, glibc: tuple[int, int] = GLIBC) -> list[Tag]:
    """The tags (PEP 425) of files that a node with CPython `python`, e.g. "3.11", can use; best first."""
    version = (int(python.split(".")[0]), int(python.split(".")[1]))
    legacy = {17: ["manylinux2014_x86_64"], 12: ["manylinux2010_x86_64"], 5: ["manylinux1_x86_64"]}
    platforms = [
        name
        for minor in range(glibc[1], OLDEST_GLIBC - 1, -1)
        for name in (f"manylinux_{glibc[0]}_{minor}_x86_64", *legacy.get(minor, ()))
    ]
    platforms.append("linux_x86_64")
    specific = cpython_tags(version, platforms=platforms)
    return [*specific, *compatible_tags(version, interpreter=f"cp{version[0]}{version[1]}", platforms=platforms)]


def best_file(files: Sequence[IndexFile], python: str, glibc: tuple[int, int] = GLIBC) -> IndexFile | None:
    """The wheel with the most specific tag, as an installer takes it, else the sdist; None if neither."""
    rank = {tag: place for place, tag in reversed(list(enumerate(target_tags(python, glibc))))}

    def place(file: IndexFile) -> tuple[int, int]:
        _, _, build, tags = parse_wheel_filename(file.name)
        return min(rank.get(tag, len(rank)) for tag in tags), -(build[0] if build else 0)

    wheels = [file for file in files if file.name.endswith(".whl")]
    usable = [file for file in wheels if place(file)[0] < len(rank)]
    if usable:
        return min(usable, key=place)
    return next((file for file in files if not file.name.endswith(".whl")), None)


def resolve(
    requirements: Iterable[str],
    python: str,
    sdists: Sequence[str] = (),
    glibc: tuple[int, int] = GLIBC,
    index: str | None = None,
) -> list[IndexFile]:
    """One file per project, dependencies included, for CPython `python` on x86-64 Linux with that glibc.

    index: as for `locate`. sdists: the projects that have no wheel. MirrorError with the resolver's own
    words if nothing fits.
    """
    options = ["--only-binary", ":all:", *(word for name in sdists for word in ("--no-binary", name))]
    options += ["--default-index", index] if index is not None else []
    packages = _run_uv(requirements, python, options, glibc)
    chosen = {package["name"]: best_file(_files(package), python, glibc) for package in packages}
    missing = sorted(name for name, file in chosen.items() if file is None)
    if missing:
        raise MirrorError(
            step="choose the files",
            expected=f"a wheel for Python {python} on {platform_of(glibc)} of each of {', '.join(missing)}",
            actual="none in the index",
            remedy="pin a version that has one",
        )
    return [file for file in chosen.values() if file is not None]


def locate(pins: Iterable[str], python: str, sdists: Sequence[str] = (), index: str | None = None) -> dict[str, str]:
    """File name -> address, for every file of the exact pins `project==version`.

    index: the address of a package index (PEP 503), None for the one that uv is configured to use.
    """
    options = ["--no-deps", *(word for name in sdists for word in ("--no-binary", name))]
    if index is not None:
        options += ["--default-index", index]
    return {file.name: file.url for package in _run_uv(pins, python, options) for file in _files(package)}
