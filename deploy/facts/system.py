"""Read distribution, packages, services, shared memory."""

import re
from collections.abc import Iterable
from shlex import quote

from pyinfra.api.exceptions import FactProcessError
from pyinfra.api.facts import FactBase


class OsRelease(FactBase[dict[str, str]]):
    """/etc/os-release as a mapping (os-release(5))."""

    def command(self) -> str:
        """One file on every distribution since 2012."""
        return "cat /etc/os-release"

    def process(self, output: Iterable[str]) -> dict[str, str]:
        """Shell quoting is stripped; values have no expansions."""
        pairs = (line.split("=", 1) for line in output if "=" in line and not line.startswith("#"))
        return {key: value.strip("\"'") for key, value in pairs}


class InstalledPackages(FactBase[dict[str, str]]):
    """Package name -> state: "ok", "held", or what dpkg says of a half-installed one."""

    def command(self, manager: str) -> str:
        """The whole list in one question; rpm knows no half-installed package, but its database may be unreadable."""
        if manager == "apt":
            return "dpkg-query -W -f '${db:Status-Abbrev}|${Package}\\n'"
        return "rpm -qa --qf 'ii |%{NAME}\\n' || echo 'i! |the database of rpm'"

    def process(self, output: Iterable[str]) -> dict[str, str]:
        """dpkg's abbreviations: second letter i is installed, first letter h is held (dpkg-query(1))."""
        actual: dict[str, str] = {}
        for line in output:
            state, _, name = line.partition("|")
            if len(state) < 2 or not name:
                raise FactProcessError(f"the package manager answered {line!r}; wanted state|name")
            if state[1] in "nc":
                continue
            broken = state[1] != "i" or state[2:].strip()
            actual[name] = state.strip() if broken else {"h": "held"}.get(state[0], "ok")
        return actual


class Service(FactBase[dict[str, str]]):
    """A systemd unit's ActiveState and UnitFileState."""

    def command(self, unit: str) -> str:
        """systemctl show answers for a unit that does not exist, too."""
        return f"systemctl show -p LoadState -p ActiveState -p UnitFileState {quote(unit)}"

    def process(self, output: Iterable[str]) -> dict[str, str]:
        """Property=value lines."""
        return dict(line.split("=", 1) for line in output if "=" in line)


class ShmMib(FactBase[int]):
    """The size of /dev/shm in MiB."""

    def command(self) -> str:
        """POSIX df, in KiB."""
        return "df -kP /dev/shm | tail -n 1"

    def process(self, output: Iterable[str]) -> int:
        """The second column of the last line."""
        words = " ".join(output).split()
        if len(words) < 2 or not re.fullmatch("[0-9]{1,15}", words[1]):
            raise FactProcessError(f"df -kP /dev/shm answered {words!r}")
        return int(words[1]) // 1024
