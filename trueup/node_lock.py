"""Lock a node: flock held by an SSH session, released when the connection ends.

flock(2) on root's home: every node has it, only root can open it, and nothing is written. A converge holds it
exclusively, plans and acceptance share it. The command line of the lock's process names its owner.
"""

import getpass
import hashlib
import os
import re
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import Literal, Protocol

from trueup.outcome import TrueupError

Purpose = Literal["converge", "dry plan", "acceptance"]

FOLDER = "/root"
MARK = "trueup-holds"
# An acceptance that has just ended lets go within the first; the second is as long as a whole one.
PATIENCE_S = (2, 60)
# Long enough for a busy node.
ANSWER_S = 15.0
# It speaks now and then, so that the node's kernel notices a controller that is gone without a word, and it ends
# with its standard input, which is the connection's.
_BEAT_S = 10
_PID = re.compile(r"[0-9]{1,10}")
_LOOP = f'echo; echo "$1 held"; while :; do echo .; timeout {_BEAT_S} cat >/dev/null; [ $? = 124 ] || exit 0; done'


@dataclass(frozen=True)
class LockOwner:
    """The run that holds a node's lock, as its command line on the node names it."""

    nonce: str
    """Tells this lock from an earlier one of the same process."""
    purpose: str
    controller: str
    """user@host."""
    pid: str
    since: str
    """UTC."""
    life: str
    """Machine, boot, process and its start: tells whether the controller still lives."""

    def __str__(self) -> str:
        return f"{self.purpose} by {self.controller}, process {self.pid}, since {self.since}"


class NodeLocked(TrueupError):
    """The node is locked by another run, or its lock cannot be read."""

    def __init__(self, node: str, expected: str, actual: str, remedy: str) -> None:
        super().__init__("begin", expected=expected, actual=actual, remedy=remedy, where=node)
        self.node = node


class NodeChannel(Protocol):
    """Reach a node while it is locked."""

    def hold(self, command: str, sentinel: str, deadline_s: float) -> tuple[bool, str]:
        """Start a command that stays; True once it prints the line ``sentinel``, else False and its output."""

    def ask(self, command: str) -> str:
        """Return what a command prints."""


def _life(pid: int) -> str:
    """Name machine, boot, process and its start, which tells apart reused numbers (proc(5), stat, 22)."""
    machine = hashlib.sha256(_text("/etc/machine-id").encode()).hexdigest()[:12]
    began = _text(f"/proc/{pid}/stat").rpartition(") ")[2].split()
    return f"{machine}.{_text('/proc/sys/kernel/random/boot_id')[:8]}.{pid}.{began[19] if len(began) > 19 else ''}"


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def current_owner(purpose: Purpose) -> LockOwner:
    """Describe this controller; a worker of pytest-xdist stands for the process that started it."""
    pid = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    controller = f"{getpass.getuser()}@{socket.gethostname()}".replace("|", "_")
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return LockOwner(secrets.token_hex(8), purpose, controller, str(pid), since, _life(pid))


def has_ended(owner: LockOwner) -> bool:
    """Tell whether the owner was a process of this machine and has ended; False for other machines."""
    mine, theirs = _life(os.getpid()).split("."), owner.life.split(".")
    return len(theirs) == 4 and mine[0] == theirs[0] and owner.life != _life(int(owner.pid or 0))


def lock_command(owner: LockOwner, *, exclusive: bool, wait_s: int, sudo: bool) -> str:
    """Build the command that locks the node while its connection lasts; status 1 where it cannot."""
    words = " ".join(quote(getattr(owner, field.name)) for field in fields(LockOwner))
    kind = "-x" if exclusive else "-s"
    return f"exec {_lift(sudo)}flock -o {kind} -w {wait_s} {FOLDER} sh -c {quote(_LOOP)} {MARK} {words}"


def list_owners_command(*, sudo: bool) -> str:
    """Build the command that prints a line for each owner; only root's processes count."""
    return f"{_lift(sudo)}sh -c {quote(_each(_SAY))} sh {quote(FOLDER)}"


def evict_command(owner: LockOwner, *, sudo: bool) -> str:
    """Build the command that ends a dead controller's connection and what it runs on the node."""
    end = (
        'case "$w" in "$2|"*) while [ ${p:-1} -gt 1 ]; do '
        'case "$(cat /proc/$p/comm 2>/dev/null)" in sshd*) kill $p; break;; esac; '
        "p=$(sed 's/.*) . //; s/ .*//' /proc/$p/stat 2>/dev/null); done;; esac"
    )
    return f"{_lift(sudo)}sh -c {quote(_each(end))} sh {quote(FOLDER)} {quote(owner.nonce)}"


_SAY = "printf '%s\\n' \"$w\""


def _each(command: str) -> str:
    """Build a script that runs a command for each owner of the folder $1: p its process, w its fields."""
    return (
        f"for f in $(grep -ls {MARK} /proc/[0-9]*/cmdline); do p=${{f#/proc/}}; p=${{p%/cmdline}}; "
        f'w=$(tr \'\\0\' \'|\' 2>/dev/null <$f); case "$w" in "flock|-o|"*"|$1|sh|-c|"*"|{MARK}|"*) '
        f'if [ -O /proc/$p ]; then w=${{w##*"|{MARK}|"}}; {command}; fi;; esac; done; :'
    )


def _lift(sudo: bool) -> str:
    return "sudo -n -H " if sudo else ""


def parse_owners(text: str) -> list[LockOwner]:
    """Parse the owners that the node names; skip lines of another form."""
    rows = [line.rstrip("|").split("|") for line in text.splitlines() if line.isprintable()]
    return [LockOwner(*row) for row in rows if len(row) == len(fields(LockOwner)) and _PID.fullmatch(row[3])]


def acquire(
    channel: NodeChannel, node: str, mine: LockOwner, *, exclusive: bool, sudo: bool, log: Callable[[str], None]
) -> None:
    """Lock the node, or raise NodeLocked naming the owner; ``log`` gets a line before a longer wait.

    A dead controller of this machine does not count: its connection on the node is ended.
    """
    others: list[LockOwner] = []
    output = ""
    for wait_s in PATIENCE_S:
        if others:
            log(f"{node}: waiting up to {wait_s} s for {others[0]}")
        command = lock_command(mine, exclusive=exclusive, wait_s=wait_s, sudo=sudo)
        held, output = channel.hold(command, f"{mine.nonce} held", wait_s + ANSWER_S)
        if held:
            return
        owners = parse_owners(channel.ask(list_owners_command(sudo=sudo)))
        for owner in owners:
            if has_ended(owner):
                log(f"{node}: ending the connection that a dead controller left: {owner}")
                channel.ask(evict_command(owner, sudo=sudo))
        others = [owner for owner in owners if (exclusive or owner.purpose == "converge") and not has_ended(owner)]
    raise _locked(node, mine, others, output.strip())


def _locked(node: str, mine: LockOwner, others: list[LockOwner], output: str) -> NodeLocked:
    condition = " alone" if mine.purpose == "converge" else ", with nobody changing it"
    expected = f"the node for {mine.purpose}{condition}"
    if others:
        named = "; ".join(str(owner) for owner in others[:3])
        return NodeLocked(node, expected, named, "Wait for its end, or end that process there, then begin again")
    if output:
        return NodeLocked(
            node, expected, f"no answer that names a holder: {output[-200:]}", "Mend that on the node first"
        )
    remedy = f"Look who locks {FOLDER}: lslocks (on the node), then begin again"
    return NodeLocked(node, expected, "a lock of a process that is not trueup's", remedy)
