"""Two controllers on the same nodes: nothing is corrupted, no check fails falsely, the lock's owner is named."""

import re
from pathlib import Path

import pytest

from tests.e2e.conftest import INVENTORY, Done, Pair
from tests.e2e.machines import node
from tests.e2e.robustness.interruptions import Running, start

HOLDER = r"(converge|dry plan|acceptance) by \S+@\S+, process \d+, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
SMALL_DRIFT = "rm -f /etc/nccl.conf /job/hostfile /etc/security/limits.d/90-trueup.conf"


def said(done: Done) -> str:
    """Both streams as one line, because pyinfra breaks lines."""
    return " ".join((done.out + done.err).split())


def holding(pair: Pair) -> Running:
    """A converge of two drifted nodes that has them, and is at work."""
    for name in ("node1", "node2"):
        node(pair, name).execute(SMALL_DRIFT)
    first = start(pair)
    assert first.until("Starting operation: host | limits"), "".join(first.lines[-15:])
    return first


def refused_or_done(done: Done, refused: int) -> bool:
    """Either it waited and did its work, or it says who holds which node since when, and what to do."""
    named = re.search(rf"node\d: \w+: expected the node for .*, found {HOLDER}", said(done))
    return done.rc == 0 or (done.rc == refused and named is not None and "Wait for its end" in said(done))


def test_two_converges(converged: Pair) -> None:
    """The second waits or refuses; the first is not disturbed, and nothing is left to do."""
    first = holding(converged)
    second = converged.converge()
    status = first.rest(600)

    assert (0, True) == (status, refused_or_done(second, 1)), said(second)[-1500:]
    assert {} == converged.plan()


def test_converge_and_acceptance(converged: Pair) -> None:
    """Acceptance in the middle of a converge would fail although the node has no fault."""
    first = holding(converged)
    looked = converged.accept("--tier", "quick")
    status = first.rest(600)

    assert (0, True) == (status, refused_or_done(looked, 2)), looked.out[-3000:]
    assert "fail" not in looked.out


@pytest.mark.parametrize("second", ["acceptance", "dry plan"])
def test_acceptance_runs_share_the_nodes(converged: Pair, second: str, tmp_path: Path) -> None:
    """Two who only look need not know of each other."""
    told = tmp_path / "first.txt"
    with told.open("wb") as out:
        first = converged.start("pytest", "-q", "-n", "2", "--inventory", INVENTORY, "--tier", "quick", out=out)
    found = converged.accept("--tier", "quick").rc if second == "acceptance" else len(converged.plan())

    assert (0, 0) == (first.wait(600), found), told.read_text("utf-8")[-3000:]
