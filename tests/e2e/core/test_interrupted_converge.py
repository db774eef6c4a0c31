"""A converge that is cut off anywhere goes on with the same command again."""

import os
import signal
from collections.abc import Callable
from shlex import quote
from subprocess import Popen
from time import monotonic

from lab.instance import load
from lab.node import LabNode
from lab.podman import Podman
from tests.e2e.conftest import STEP_S, Pair

ENV = "/opt/anaconda3/envs/dis"
# What is true on the node while a step is under way. In brackets, or the question would find itself.
UNDER_WAY = {
    "conda create": "[ -e /opt/anaconda3/envs/.dis.trueup-creating ]",
    "fetch": "[ -e /var/cache/trueup ]",
    "uv pip install": "pgrep -f '[u]v pip install' >/dev/null",
}

Interruption = Callable[[Pair, "Popen[bytes]"], None]


def by_signal(number: signal.Signals) -> Interruption:
    """Ctrl-C or a kill, for the controller's whole process group as a terminal does it."""

    def interrupt(_pair: Pair, run: "Popen[bytes]") -> None:
        os.killpg(run.pid, number)

    return interrupt


def by_reboot(pair: Pair, _run: "Popen[bytes]") -> None:
    """Power off and on again, without a word to anybody on the node."""
    lab = load(pair.name)
    assert lab is not None
    node = LabNode(lab, "node1", Podman(lab.containers_conf))
    node.restart()
    node.await_ready()


# In the order of a converge: each run gets past the step at which the one before it was cut off.
INTERRUPTIONS = (
    ("conda create", by_signal(signal.SIGKILL)),
    ("fetch", by_signal(signal.SIGINT)),
    ("uv pip install", by_signal(signal.SIGKILL)),
    ("uv pip install", by_reboot),
)
LEFTOVERS = "ls -d /var/cache/trueup /opt/anaconda3/envs/.dis.* /opt/anaconda3/envs/dis/.trueup* 2>/dev/null; echo end"


def wait_for(pair: Pair, step: str, run: "Popen[bytes]") -> None:
    """Until the node shows that the step is under way; asked on the node, because conda needs less than a second."""
    ask = f"timeout 60 sh -c {quote(f'until {UNDER_WAY[step]}; do sleep 0.02; done')}"
    end = monotonic() + STEP_S
    while run.poll() is None:
        if pair.on("node1", ask).rc == 0:
            return
        assert monotonic() < end, f"{step} did not begin"
    raise AssertionError(f"the converge ended before it could be cut off in {step}")


def test_interrupted_converge_is_resumed(converged: Pair) -> None:
    """Ctrl-C, kills and a power cut in turn: nothing half done stays, nothing good is replaced, the end is the same."""
    converged.on("node1", f"rm -rf {ENV}")
    for step, interrupt in INTERRUPTIONS:
        run = converged.start("pyinfra", "-y", "lab/inventory.py", "deploy/site.py")
        wait_for(converged, step, run)
        interrupt(converged, run)
        run.wait(timeout=300)
        # Not by its exit status: pyinfra ends with 0 after Ctrl-C.
        assert {} != converged.plan(), f"cut off in {step}, and yet all is well"

    again = converged.converge()

    assert (0, {}) == (again.rc, converged.plan()), again.out + again.err
    assert "end\n" == converged.on("node1", LEFTOVERS).out
