"""Monitor a node's GPUs during the job, in a separate process. Runs on a node."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from trueup.collective.node.reap import VARIABLE

# A driver that hangs must not hold the job's end up.
END_S = 3.0
PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from trueup.gpu.node.monitor import main; main()"


def start(bundle: str) -> subprocess.Popen[bytes]:
    """Start the monitor; it ends when its standard input is closed.

    It does not carry the job's token: reaping would wait for it, should it be stuck in the kernel.
    """
    return subprocess.Popen(
        [sys.executable, "-B", "-I", "-c", PROGRAM, bundle],
        env={name: value for name, value in os.environ.items() if name != VARIABLE},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def end(child: subprocess.Popen[bytes], seconds: float = END_S) -> dict[str, Any]:
    """End the monitor and return its samples, or why there are none."""
    try:
        out, _ = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        return {"state": "hung", "after_s": seconds}
    try:
        answer = json.loads(out)
    except ValueError:
        return {"state": "cannot", "why": f"the monitor ended with status {child.returncode} and no answer"}
    return dict(answer)
