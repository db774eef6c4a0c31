"""Which installed packages are the driver's, and which are held back from upgrades. Pure."""

import re

_OURS = re.compile(r"nvidia|^cuda-drivers|^libcuda1$|^libnv")
# The driver's own packages carry its version; a toolkit for containers has one of its own.
_VERSION = re.compile(r"^(?:\d+:)?(\d{3})(?=[.-]|$)")


def of_driver(listing: str) -> set[str]:
    """Names of the driver's packages among lines of "name version"."""
    pairs = (line.split()[:2] for line in listing.splitlines() if len(line.split()) >= 2)
    return {name for name, version in pairs if _OURS.search(name) and _VERSION.match(version)}


def locked(names: set[str], locks: str) -> set[str]:
    """Those of the names that a line of `yum versionlock list` covers ("3:name-version-release.*")."""
    lines = [re.sub(r"^\d+:", "", line.strip()) for line in locks.splitlines()]
    return {name for name in names if any(re.match(rf"{re.escape(name)}-(\d+:)?\d", line) for line in lines)}
