"""Run a program for the lab's builders: with a deadline, and its last output in the error."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from lab.errors import LabError


def run(
    step: str,
    *command: str,
    deadline: float,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    remedy: str = "",
) -> str:
    """Run a command and return its output; raises LabError on failure, or after ``deadline`` seconds.

    env: variables beside this process's own; remedy: what to do, by default to run the command by hand.
    """
    remedy = remedy or f"run it by hand: {' '.join(command)[:400]}"
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=deadline,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LabError(step, expected=f"an end within {deadline:.0f} s", actual="none", remedy=remedy) from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise LabError(step, expected="exit status 0", actual=f"{done.returncode}: {said}", remedy=remedy)
    return done.stdout
