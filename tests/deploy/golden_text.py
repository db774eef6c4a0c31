"""Commands as a person reviews them: what unit tests hold to the letter is one word here, all else is as sent."""

import re
from collections.abc import Iterable
from pathlib import Path

COMPONENTS = Path(__file__).with_name("plans")
# A question about a path; one that nobody asked while planning is asked for a path that came since.
_STATE = r"if \[ -e (\S+) \]; then LC_ALL=C stat -c '%F\|%a\|%U\|%G' \1 && if .* echo absent; fi"
QUESTION = re.compile(rf"df -kP /dev/shm \| tail -n 1|{_STATE}", re.DOTALL)
_WRITE = re.compile(
    r"umask 077 && printf %s '(?P<text>.*)' > (?P<path>\S+)\.trueup-new && chmod (?P<mode>\d+) (?P=path)\.trueup-new "
    r"&& chown (?P<owner>\S+) (?P=path)\.trueup-new && mv -f (?P=path)\.trueup-new (?P=path)",
    re.DOTALL,
)
# deploy/artifact_fetch.py and deploy/package_managers.py; tests/unit/deploy holds what they do.
_FETCH = re.compile(r"mkdir -p /var/cache/trueup && if ! printf '%s  %s\\n' (\w{64}) (\S+)\.part .* mv -f \2\.part \2")
_LOCK = re.compile(
    r"n=0; while :; do holder=; .*echo '\S+: (\w+): wanted its lock within (\d+) s, .* sleep 2; done; "
    r"for f in \S+ \S+; do if .*; done"
)


def lines(command: str, node: str, fleet: Iterable[str]) -> list[str]:
    """The command on lines of its own; a block of lines that names every node is one line, FLEET."""
    text = command
    for block in fleet:
        text = text.replace(block, "FLEET\n")
    text = re.sub(rf"(?<![\w.-]){re.escape(node)}(?![\w.])", "NODE", text)
    if match := _WRITE.fullmatch(text):
        head = f"WRITE {match['path']} {match['mode']} {match['owner']}"
        return [head, *(f"    {line}" for line in match["text"].removesuffix("\n").split("\n"))]
    if match := _FETCH.fullmatch(text):
        return [f"FETCH {match[2]} {match[1][0]}..."]
    return awaiting(text).split("\n")


def awaiting(command: str) -> str:
    """The command; the wait for a package manager's lock is one line."""
    match = _LOCK.fullmatch(command)
    return f"AWAIT LOCK of {match[1]}, {match[2]} s" if match else command


def golden_lines(component: str, family: str) -> list[str]:
    """What tests/deploy/plans/COMPONENT.txt says for a family: its sections begin with "==" and the families' names."""
    section: list[str] = []
    mine = False
    for line in (COMPONENTS / f"{component}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            mine = family in line.split()[1:]
        elif mine:
            section.append(line)
    return section
