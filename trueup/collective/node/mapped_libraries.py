"""Find the CUDA libraries that a process has mapped. Runs on a node."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

_CUDA = re.compile(r"/(libnccl|libcudart|libcublas)[-.][^/]*$")


def libraries(maps: str) -> dict[str, str]:
    """Return the path by library name (libnccl, libcudart, ...), from the text of /proc/PID/maps (proc(5)).

    A library that is mapped twice from two files keeps both, joined by a blank: one shadows the other.
    """
    found: dict[str, list[str]] = {}
    for line in maps.splitlines():
        fields = line.split(maxsplit=5)
        match = _CUDA.search(fields[5]) if len(fields) == 6 else None
        if match and fields[5] not in found.setdefault(match.group(1), []):
            found[match.group(1)].append(fields[5])
    return {name: " ".join(paths) for name, paths in sorted(found.items())}


def sha256(path: str) -> str:
    """Return the SHA-256 of a file in hex; raises OSError."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def hashes(paths_by_name: dict[str, str]) -> dict[str, str]:
    """Return the SHA-256 by library name; two files under one name give two hashes, joined by a blank."""
    return {name: " ".join(sha256(path) for path in paths.split(" ")) for name, paths in paths_by_name.items()}
