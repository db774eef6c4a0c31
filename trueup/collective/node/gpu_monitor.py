"""Looks at a node's GPUs beside the job, in a process that the job can do without. Runs on a node (Python 3.8)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from trueup.collective.node.reap import VARIABLE

# A driver that hangs must not hold the job's end up.
END_S = 3.0
WATCH = "import sys; sys.path.insert(0, sys.argv[1]); from trueup.gpu.node.monitor import main; main()"


def start(bundle: str) -> subprocess.Popen[bytes]:
    """The process that watches; it ends by itself with whoever holds its standard input.

    It does not carry the job's token: reaping would wait for it, should it be stuck in the kernel.
    """
    return subprocess.Popen(
        [sys.executable, "-B", "-I", "-c", WATCH, bundle],
        env={name: value for name, value in os.environ.items() if name != VARIABLE},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def end(child: subprocess.Popen[bytes], seconds: float = END_S) -> dict[str, Any]:
    """What it saw, or why it saw nothing."""
    try:
        out, _ = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        return {"state": "hung", "after_s": seconds}
    try:
        answer = json.loads(out)
    except ValueError:
        return {"state": "cannot", "why": f"the watch ended with status {child.returncode} and no answer"}
    return dict(answer)
