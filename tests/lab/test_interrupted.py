"""A converge that is cut off anywhere is finished by the same command again."""

import os
import signal
from collections.abc import Callable
from subprocess import Popen

import pytest

from lab.instance import load
from lab.node import Node
from lab.podman import Podman
from tests.lab.conftest import Pair

ENV = "/opt/anaconda3/envs/dis"
# What is on the node only while a step is under way.
UNDER_WAY = {
    "conda create": "/opt/anaconda3/envs/.dis.trueup-creating",
    "uv pip install": f"{ENV}/.trueup-uv-cache",
    "fetch": "/var/cache/trueup",
}

Cut = Callable[[Pair, "Popen[bytes]"], None]


def by_signal(number: signal.Signals) -> Cut:
    """Ctrl-C or a kill, for the controller's whole process group as a terminal does it."""

    def cut(_pair: Pair, run: "Popen[bytes]") -> None:
        os.killpg(run.pid, number)

    return cut


def by_reboot(pair: Pair, _run: "Popen[bytes]") -> None:
    """Power off and on again, without a word to anybody on the node."""
    lab = load(pair.name)
    assert lab is not None
    node = Node(lab, "node1", Podman(lab.containers_conf))
    node.restart()
    node.await_ready()


CUTS = {
    "ctrl-c in fetch": ("fetch", by_signal(signal.SIGINT)),
    "kill in conda create": ("conda create", by_signal(signal.SIGKILL)),
    "kill in uv pip install": ("uv pip install", by_signal(signal.SIGKILL)),
    "reboot in uv pip install": ("uv pip install", by_reboot),
}


def wait_for(pair: Pair, path: str, run: "Popen[bytes]") -> None:
    """Until the node shows that the step is under way; asked on the node, because conda needs less than a second."""
    seen = pair.on("node1", f"timeout 110 sh -c 'until [ -e {path} ]; do sleep 0.02; done'")
    assert run.poll() is None, "the converge ended before it could be cut off"
    assert 0 == seen.rc, f"{path} did not appear"


@pytest.mark.parametrize("name", CUTS)
def test_cut_off_converge_is_finished_by_the_next(converged: Pair, name: str) -> None:
    """The same command again ends converged: nothing half done stays, nothing good is replaced."""
    step, cut = CUTS[name]
    converged.on("node1", f"rm -rf {ENV}")
    run = converged.start("pyinfra", "-y", "lab/inventory.py", "deploy/site.py")
    wait_for(converged, UNDER_WAY[step], run)
    cut(converged, run)
    run.wait(timeout=300)

    again = converged.converge()

    assert (0, {}) == (again.rc, converged.plan()), again.out + again.err
    leftovers = (
        "ls -d /var/cache/trueup /opt/anaconda3/envs/.dis.* /opt/anaconda3/envs/dis/.trueup* 2>/dev/null; echo end"
    )
    assert "end\n" == converged.on("node1", leftovers).out
