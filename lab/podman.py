"""Call Podman: every call has a deadline, and an error that names its step."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError

QUICK = 60.0  # seconds; Podman's own answers take well under one on an idle machine


@dataclass(frozen=True)
class Podman:
    """Podman with the settings of one instance."""

    conf: Path
    """The containers.conf that this machine needs (lab/host_capabilities.py)."""

    def call(
        self,
        *arguments: str,
        step: str,
        node: str | None = None,
        deadline: float = QUICK,
        stdin: str | None = None,
    ) -> str:
        """Return what `podman ARGUMENTS` prints; raises LabError past the deadline (seconds) or on failure."""
        wanted = f"`podman {' '.join(arguments[:3])} ...` to succeed within {deadline:.0f} s"
        try:
            done = self._start(arguments, deadline, stdin)
        except subprocess.TimeoutExpired:
            raise LabError(
                step,
                node=node,
                expected=wanted,
                actual="no answer",
                remedy="look at `podman ps -a` and the machine's load, then run `trueup lab up` again",
            ) from None
        if done.returncode != 0:
            raise LabError(
                step,
                node=node,
                expected=wanted,
                actual=done.stderr.strip() or f"exit status {done.returncode}",
                remedy="run `trueup lab up` again; `trueup lab down` first if it persists",
            )
        return done.stdout

    def ok(self, *arguments: str, deadline: float = QUICK) -> bool:
        """Return whether the command succeeds within its deadline, in seconds."""
        try:
            return self._start(arguments, deadline, None).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def _start(
        self, arguments: tuple[str, ...], deadline: float, stdin: str | None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["podman", *arguments],
            input=stdin or "",
            text=True,
            capture_output=True,
            timeout=deadline,
            check=False,
            env={**os.environ, "CONTAINERS_CONF": str(self.conf)},
        )
