"""End every process that carries a job's token, and no other. Runs on a node."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

VARIABLE = "TRUEUP_JOB"
GRACE_S = 3.0


def carriers(token: str, proc: Path = Path("/proc")) -> list[int]:
    """Return the other processes whose environment has the token (proc(5), environ)."""
    marker = f"{VARIABLE}={token}".encode()
    found = []
    for entry in proc.iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            environment = (entry / "environ").read_bytes()
        except OSError:
            # It ended meanwhile, or belongs to another account.
            continue
        if marker in environment.split(b"\0"):
            found.append(int(entry.name))
    return found


def _send(pids: list[int], number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def reap(token: str, grace_s: float = GRACE_S) -> list[int]:
    """End them by SIGTERM, after grace_s seconds by SIGKILL; return those that had to be ended."""
    ended = carriers(token)
    _send(ended, signal.SIGTERM)
    until = time.monotonic() + grace_s
    while carriers(token) and time.monotonic() < until:
        time.sleep(0.05)
    while True:
        left = carriers(token)
        if not left:
            return ended
        _send(left, signal.SIGKILL)
        time.sleep(0.05)
