"""Ending every process that carries a job's token, and no other. Runs on a node (Python 3.8)."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

VARIABLE = "TRUEUP_JOB"
GRACE_S = 3.0


def carriers(token: str, proc: Path = Path("/proc")) -> list[int]:
    """The processes, this one excepted, whose environment names the token (proc(5), environ)."""
    wanted = f"{VARIABLE}={token}".encode()
    found = []
    for entry in proc.iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            environment = (entry / "environ").read_bytes()
        except OSError:
            # It ended meanwhile, or belongs to another account and so is none of ours.
            continue
        if wanted in environment.split(b"\0"):
            found.append(int(entry.name))
    return found


def _send(pids: list[int], number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def reap(token: str, grace_s: float = GRACE_S) -> list[int]:
    """End them by SIGTERM, after grace_s seconds by SIGKILL; returns those that had to be ended."""
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
