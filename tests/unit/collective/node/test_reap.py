"""Ending what carries the token, and nothing else."""

import os
import signal
import subprocess
import time

from trueup.collective.node.reap import VARIABLE, carriers, reap


def sleeper(token: str, command: str = "sleep 60") -> subprocess.Popen[bytes]:
    """A process that carries a token."""
    found = subprocess.Popen(["sh", "-c", f"{command} & wait"], env={**os.environ, VARIABLE: token})
    until = time.monotonic() + 5
    while len(carriers(token)) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    return found


def test_only_carriers_of_the_token_end() -> None:
    """Another job on the same node goes on."""
    mine, other = sleeper("mine-0"), sleeper("mine-01")
    ended = reap("mine-0", grace_s=1)
    mine.wait(5)

    assert (2, [], None) == (len(ended), carriers("mine-0"), other.poll())
    reap("mine-01")
    other.wait(5)


def test_process_that_ignores_sigterm_ends_as_well() -> None:
    """After the grace, by SIGKILL."""
    stubborn = sleeper("stubborn-0", "trap '' TERM; sleep 60")
    reap("stubborn-0", grace_s=0.2)

    assert -signal.SIGKILL == stubborn.wait(5)
