"""Which installed packages are the driver's, and which are held back from upgrades. Pure."""

import re

from trueup.platforms import DRIVER_PACKAGE

_OURS = re.compile(DRIVER_PACKAGE)
# One line a package: dpkg also lists those whose settings only are left. apt-mark would rebuild apt's cache.
DPKG = "dpkg-query -W -f '${db:Status-Want} ${db:Status-Status} ${Package} ${Version}\\n'"
RPM = "rpm -qa --qf 'install installed %{NAME} %{VERSION}\\n'"
# The driver's own packages carry its version; a toolkit for containers has one of its own.
_VERSION = re.compile(r"^(?:\d+:)?(\d{3})(?=[.-]|$)")


def of_driver(listing: str) -> set[str]:
    """Names of the driver's packages among lines of "wish state name version"; only installed ones count."""
    lines = (line.split() for line in listing.splitlines())
    pairs = (words[2:] for words in lines if len(words) == 4 and words[1] == "installed")
    return {name for name, version in pairs if _OURS.search(name) and _VERSION.match(version)}


def held_by_dpkg(listing: str) -> set[str]:
    """Names in the same lines whose wish is "hold", which is what apt-mark hold sets."""
    lines = (line.split() for line in listing.splitlines())
    return {words[2] for words in lines if len(words) == 4 and words[0] == "hold"}


def locked(names: set[str], locks: str) -> set[str]:
    """Those of the names that a line of `yum versionlock list` covers ("3:name-version-release.*")."""
    lines = [re.sub(r"^\d+:", "", line.strip()) for line in locks.splitlines()]
    return {name for name in names if any(re.match(rf"{re.escape(name)}-(\d+:)?\d", line) for line in lines)}
