"""Edit the text of start-up files: add settings, comment out those that hide torch's libraries. Pure.

A file's kind says who reads it: "shell"; "pairs" (NAME=value lines: /etc/environment, environment.d);
"pam" (pam_env.conf(5)); "systemd" (DefaultEnvironment=); "sshd" (SetEnv).
"""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["shell", "pairs", "pam", "systemd", "sshd"]

# ld.so(8): both are searched before the paths that a library brings itself (RUNPATH), the second before all.
VARIABLES = ("LD_LIBRARY_PATH", "LD_PRELOAD")
TAKEN_OUT = "# taken out by trueup, it comes before torch's own libraries: "
# pam_env(8) expands nothing in /etc/environment, so that a PATH there is written in full. Debian's login.defs(5).
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

_NAME = f"(?:{'|'.join(VARIABLES)})"
_VALUE = r"""(?:"[^"`\\]*"|'[^']*'|[^\s;&|<>()`"'\\]*)"""
_COMMENT = r"\s*;?\s*(?:#.*)?$"
# One whole line that does nothing else: nothing is lost without it.
_ALONE: dict[Kind, re.Pattern[str]] = {
    "shell": re.compile(
        rf"^\s*(?:(?:export|declare -x|typeset -x)\s+)?{_NAME}\+?={_VALUE}(?:\s*;\s*export\s+{_NAME})?{_COMMENT}"
        rf"|^\s*export\s+{_NAME}{_COMMENT}"
    ),
    "pairs": re.compile(rf"^\s*(?:export\s+)?{_NAME}=.*$"),
    "pam": re.compile(rf"^\s*{_NAME}[\s=].*[^\\]$"),
    "systemd": re.compile(rf"""^\s*(?:Default|Manager)?Environment=\s*["']?{_NAME}=[^\s"']*["']?\s*$"""),
    "sshd": re.compile(rf"^\s*SetEnv\s+{_NAME}=\S*\s*$", re.IGNORECASE),
}
_SETS = re.compile(rf"(?:^|[\s;&=\"']){_NAME}\+?=|\b(?:export|typeset|declare)\b[^#]*\b{_NAME}\b|^\s*{_NAME}\s")
# The assignment before a command holds for that command alone; an alias, too.
_FOR_ONE = re.compile(rf"^\s*(?:\w+={_VALUE}\s+)*{_NAME}={_VALUE}\s+[A-Za-z./]|^\s*alias\s")


@dataclass(frozen=True)
class Cleaned:
    """A text without those settings; left: lines (number, text) that set them and do more."""

    text: str
    left: tuple[tuple[int, str], ...]


def without_settings(text: str, kind: Kind) -> Cleaned:
    """Comment out each line that only sets such a variable; a shell keeps ":" there, so that no block is empty."""
    lines, left = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.lstrip(": ").startswith("#") or not _SETS.search(line):
            lines.append(line)
        elif _ALONE[kind].match(line):
            lines.append(f"{': ' if kind == 'shell' else ''}{TAKEN_OUT}{line.strip()}")
        else:
            lines.append(line)
            if kind != "shell" or not _FOR_ONE.match(line):
                left.append((number, line.strip()))
    return Cleaned("\n".join(lines), tuple(left))


def marked(text: str, component: str, lines: list[str]) -> str:
    """Replace a component's marked block in a text, or append it."""
    begin, end = f"# BEGIN trueup {component}", f"# END trueup {component}"
    kept = text.rstrip("\n").split("\n") if text.strip("\n") else []
    # Where it stood it stays: two components that share a file would otherwise change places at each converge.
    position = kept.index(begin) if begin in kept else len(kept)
    while begin in kept:
        first = kept.index(begin)
        last = kept.index(end, first) if end in kept[first:] else first
        del kept[first : last + 1]
    kept[position:position] = [begin, *lines, end]
    return "\n".join([*kept, ""])


def path_with(first: str, environment: str) -> str:
    """Build a PATH of a folder and what /etc/environment has outside trueup's blocks."""
    actual = DEFAULT_PATH
    ours = False
    for line in environment.split("\n"):
        ours = line.startswith("# BEGIN trueup") or (ours and not line.startswith("# END trueup"))
        match = None if ours else re.match(r"""^\s*(?:export\s+)?PATH=["']?([^"'#]*)""", line)
        if match and match[1].strip():
            actual = match[1].strip()
    rest = [part for part in actual.split(":") if part and part != first]
    return ":".join([first, *rest])


def profile(first: str, values: dict[str, str]) -> str:
    """Render a file of /etc/profile.d: the values, and a folder at the head of PATH, once."""
    exports = "".join(f"export {name}={value}\n" for name, value in sorted(values.items()))
    return f'{exports}case ":$PATH:" in\n    *:{first}:*) ;;\n    *) PATH={first}:$PATH; export PATH ;;\nesac\n'
