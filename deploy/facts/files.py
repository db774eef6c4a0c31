"""Read files, folders, accounts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from shlex import quote

from pyinfra.api.exceptions import FactProcessError
from pyinfra.api.facts import FactBase


@dataclass(frozen=True)
class PathInfo:
    """A path as found: kind ("regular file", "directory", ...), octal mode, names of owner and group."""

    kind: str
    mode: str
    user: str
    group: str
    content: str


class PathState(FactBase[PathInfo | None]):
    """A path and, for a regular file, its text; None where there is nothing."""

    def command(self, path: str) -> str:
        """Read state and text at once; a path that does not exist is an answer."""
        name = quote(path)
        return (
            f"if [ -e {name} ]; then LC_ALL=C stat -c '%F|%a|%U|%G' {name} && "
            f"if [ -f {name} ]; then cat {name}; fi; else echo absent; fi"
        )

    def process(self, output: Iterable[str]) -> PathInfo | None:
        """Lines of stat, then of the file."""
        first, *rest = [*output] or [""]
        if first == "absent":
            return None
        words = first.split("|")
        if len(words) != 4 or not re.fullmatch("[0-7]+", words[1]):
            raise FactProcessError(f"stat answered {first!r}; wanted kind|mode|user|group")
        kind = "regular file" if words[0] == "regular empty file" else words[0]
        return PathInfo(kind, words[1], words[2], words[3], "".join(f"{line}\n" for line in rest))


@dataclass(frozen=True)
class AccountInfo:
    """An entry of passwd(5)."""

    group: str
    home: str
    shell: str


class AccountState(FactBase[AccountInfo | None]):
    """An account by name; None where there is none."""

    def command(self, account: str) -> str:
        """Report an unknown account, for which getent exits 2, as absent."""
        return (
            f'if entry=$(getent passwd {quote(account)}); then echo "$entry"; id -gn {quote(account)}; '
            f"else echo absent; fi"
        )

    def process(self, output: Iterable[str]) -> AccountInfo | None:
        """The line of passwd, then the group's name."""
        lines = list(output)
        if lines == ["absent"]:
            return None
        fields = ":".join(lines[:1]).split(":")
        if len(lines) != 2 or len(fields) != 7:
            raise FactProcessError(f"getent and id answered {lines!r}; wanted a passwd line and a group")
        return AccountInfo(lines[1], fields[5], fields[6])
