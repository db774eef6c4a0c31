"""Parse a lockfile: one artifact a line, `#` for comments.

A line is `<file name> <size in bytes> <sha256> <origin>`.
"""

import re
from collections import Counter
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from trueup.declaration import Record

# PEP 427 and PEP 440 need "+" and "!" beside the usual characters; a name may never be a path.
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._+!-]*$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
OriginName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]

# Wheels that nodes run as tools; they are no part of the training environment.
TOOLS = frozenset({"uv"})
_WHEEL = re.compile(r"^(?P<project>[^-]+)-(?P<version>[^-]+)(-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl$")
_FIELDS = ("name", "size", "sha256", "origin")


class LockError(ValueError):
    """A lock that cannot be trusted; the message has one line per mistake, each with file and line."""


class Artifact(Record):
    """One file; size in bytes, None where the lock says `-` (unknown); origin is a name, never an address."""

    name: FileName
    size: Annotated[int, Field(ge=0)] | None
    sha256: Sha256
    origin: OriginName

    @property
    def project(self) -> str | None:
        """Return a wheel's normalised project name (PEP 503), else None."""
        match = _WHEEL.match(self.name)
        return re.sub(r"[-_.]+", "-", match["project"]).lower() if match else None

    @property
    def version(self) -> str | None:
        """The version of a wheel; None for any other file."""
        match = _WHEEL.match(self.name)
        return match["version"] if match else None

    @property
    def requirement(self) -> str:
        """Format a hashed requirement for pip and uv; ValueError for non-wheels."""
        if self.project is None:
            raise ValueError(f"{self.name} is not a wheel, so it has no requirement line")
        return f"{self.project}=={self.version} --hash=sha256:{self.sha256}"

    @property
    def line(self) -> str:
        """The artifact as the lock's own line."""
        size = "-" if self.size is None else str(self.size)
        return f"{self.name} {size} {self.sha256} {self.origin}"


class Lock(Record):
    """All artifacts of one profile, in the order of the file."""

    artifacts: tuple[Artifact, ...]

    def artifact(self, name: str) -> Artifact:
        """The artifact of that file name; LockError if the lock has none."""
        for artifact in self.artifacts:
            if artifact.name == name:
                return artifact
        raise LockError(f"the lock has no file {name}; `trueup mirror lock` adds it")

    def env_wheels(self) -> tuple[Artifact, ...]:
        """Return the training environment's wheels: every wheel that is not a tool."""
        return tuple(a for a in self.artifacts if a.project is not None and a.project not in TOOLS)

    def wheels(self) -> tuple[str, ...]:
        """Format requirement lines for `uv pip sync --require-hashes`, one per wheel."""
        return tuple(artifact.requirement for artifact in self.env_wheels())

    def tool(self, project: str) -> Artifact:
        """Return a tool's wheel, e.g. "uv"; raise LockError if absent."""
        for artifact in self.artifacts:
            if artifact.project == project:
                return artifact
        raise LockError(f"the lock has no wheel of {project}; `trueup mirror lock` adds it")


def _parse_line(line: str) -> Artifact:
    words = line.split()
    if len(words) != len(_FIELDS):
        raise ValueError(f"wanted {len(_FIELDS)} fields ({' '.join(_FIELDS)}), found {len(words)}")
    name, size, sha256, origin = words
    if size != "-" and not (size.isascii() and size.isdigit()):
        raise ValueError(f"size: wanted bytes or -, found {size!r}")
    try:
        return Artifact(name=name, size=None if size == "-" else int(size), sha256=sha256, origin=origin)
    except ValidationError as error:
        mistakes = (f"{e['loc'][0]}: {e['msg']}, found {e['input']!r}" for e in error.errors())
        raise ValueError("; ".join(mistakes)) from error


def _twice(artifacts: list[tuple[int, Artifact]], where: str) -> list[str]:
    names = Counter(a.name for _, a in artifacts)
    projects = Counter(a.project for _, a in artifacts if a.project)
    mistakes = [f"{where}:{n}: {a.name} is locked twice" for n, a in artifacts if names[a.name] > 1]
    return mistakes + [
        f"{where}:{n}: {a.project} has {projects[a.project]} wheels; an environment holds one"
        for n, a in artifacts
        if a.project and projects[a.project] > 1 and names[a.name] == 1
    ]


def parse_lock(text: str, where: str = "lock") -> Lock:
    """Parse a lockfile; LockError lists every bad line as `where:line: error`."""
    artifacts: list[tuple[int, Artifact]] = []
    mistakes: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.split("#", 1)[0].strip()
        if not content:
            continue
        try:
            artifacts.append((number, _parse_line(content)))
        except ValueError as error:
            mistakes.append(f"{where}:{number}: {error}")
    mistakes += _twice(artifacts, where)
    if mistakes:
        raise LockError("\n".join(mistakes))
    return Lock(artifacts=tuple(artifact for _, artifact in artifacts))


def read_lock(path: Path) -> Lock:
    """Read the lockfile at `path`; raise LockError if unreadable or invalid."""
    try:
        return parse_lock(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise LockError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise LockError(f"{path}: not UTF-8 text: {error.reason} at byte {error.start}") from error
