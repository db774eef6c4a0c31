"""trueup.gpu.node.sections: whatever a look does, its caller goes on."""

import os
import signal
import time
from typing import Any

from trueup.gpu.node.sections import Unavailable, gather


def hang() -> dict[str, Any]:
    """A driver that never answers, and minds no signal that can be minded."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)
    return {}


def die() -> dict[str, Any]:
    """A driver that takes the process with it."""
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def refuse() -> dict[str, Any]:
    """Something is not there."""
    raise Unavailable("nothing there")


def speak() -> dict[str, Any]:
    """More than a pipe holds."""
    return {"long": "x" * 1_000_000}


def leave() -> dict[str, Any]:
    """An end without a word."""
    os._exit(3)


def test_each_section_gets_its_own_verdict() -> None:
    """One that hangs, dies or leaves takes nothing from its neighbours."""
    found = gather(
        {"hang": (hang, 0.5), "die": (die, 20), "refuse": (refuse, 20), "speak": (speak, 20), "leave": (leave, 20)}
    )

    assert {"state": "hung", "after_s": 0.5} == found["hang"]
    assert {"state": "cannot", "why": "the look was killed by signal 9"} == found["die"]
    assert {"state": "cannot", "why": "nothing there"} == found["refuse"]
    assert "status 3" in found["leave"]["why"]
    assert 1_000_000 == len(found["speak"]["value"]["long"])
