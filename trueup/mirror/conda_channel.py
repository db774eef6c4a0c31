"""Resolve and locate an environment's Python packages in a conda channel."""

import asyncio
from collections.abc import Iterable
from typing import Literal

from rattler import BuildString, Gateway, GenericVirtualPackage, PackageName, Version, solve
from rattler.exceptions import GatewayError, SolverError

from trueup.lockfile import Artifact
from trueup.mirror.errors import MirrorError
from trueup.mirror.resolve import IndexFile

SUBDIRS: tuple[Literal["linux-64"], Literal["noarch"]] = ("linux-64", "noarch")
# The kernel of EL 7, the oldest node that glibc 2.17 stands for.
KERNEL = "3.10"


def is_conda_package(artifact: Artifact) -> bool:
    """Whether the file is one of a channel (.conda or .tar.bz2)."""
    return artifact.name.endswith((".conda", ".tar.bz2"))


def _node(glibc: tuple[int, int]) -> list[GenericVirtualPackage]:
    """What conda calls the virtual packages of a node: its kernel and its glibc."""
    versions = {"__unix": "0", "__linux": KERNEL, "__glibc": f"{glibc[0]}.{glibc[1]}"}
    return [
        GenericVirtualPackage(PackageName(name), Version(version), BuildString("0"))
        for name, version in versions.items()
    ]


def _failed(channel: str, expected: str, error: Exception) -> MirrorError:
    remedy = "correct the address (a channel has linux-64/repodata.json below it), or the profile's env.python"
    return MirrorError(step=f"ask the channel {channel}", expected=expected, actual=str(error), remedy=remedy)


def packages(channel: str, python: str, glibc: tuple[int, int]) -> list[IndexFile]:
    """Resolve the packages of CPython `python` on a node with that glibc.

    MirrorError if the channel cannot be read or has none that fit.
    """
    spec = f"python={python}"
    try:
        found = asyncio.run(solve([channel], [spec], platforms=SUBDIRS, virtual_packages=_node(glibc)))
    except (GatewayError, SolverError) as error:
        raise _failed(channel, spec, error) from error
    lacking = [record.file_name for record in found if record.sha256 is None]
    if lacking:
        raise _failed(channel, "a SHA-256 of every package", ValueError(f"none of {', '.join(lacking)}"))
    return [
        IndexFile(name=record.file_name, url=record.url, size=record.size, sha256=record.sha256.hex())
        for record in found
        if record.sha256 is not None
    ]


def where(channel: str, artifacts: Iterable[Artifact]) -> dict[str, str]:
    """Map the channel's packages to addresses; MirrorError if it is unreadable."""
    wanted = {artifact.name for artifact in artifacts}
    names = sorted({name.rsplit("-", 2)[0] for name in wanted})
    try:
        answer = asyncio.run(Gateway().query([channel], SUBDIRS, names, recursive=False))
    except GatewayError as error:
        raise _failed(channel, ", ".join(sorted(wanted)), error) from error
    return {record.file_name: record.url for group in answer for record in group if record.file_name in wanted}
