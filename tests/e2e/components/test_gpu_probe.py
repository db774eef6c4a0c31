"""The probe on a node: how often it runs, and what a node that answers it badly is told."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.faults.gpu import OF_ALL
from tests.e2e.conftest import Pair
from tests.e2e.records import FAIL, PASS, UNKNOWN, Results, answers, by_node, changed
from trueup.declaration import LAB

PYTHON = f"{LAB.env_prefix}/bin/python"
COMPONENT = ("--component", "driver", "tests/node/test_driver.py")
# What is asked of the node by other means than the probe.
OWN = {"driver/driver_packages_are_held", "driver/nouveau_is_denied", "driver/persistence_daemon_runs"}
# What is not a question about GPUs: their host, and the other driver's absence.
HOST = {
    "driver/nouveau_is_denied",
    "driver/nouveau_is_not_loaded",
    "driver/no_host_fault_since_boot",
    "driver/disks_have_space_and_are_writable",
    "driver/swap_is_not_eaten_up",
    "driver/cpu_governor",
    "driver/memory_is_as_declared",
    "driver/numa_nodes",
}
PACKAGES = "cuda-drivers-580 libnvidia-ml1 nvidia-kernel-dkms nvidia-persistenced nvidia-driver-pinning-580"
# Instead of the environment's own Python; a start of the probe is told by its options.
STARTS = "/run/trueup-lab-starts"
COUNTING = f'case "$*" in "-I -B - "*) echo "$*" >> {STARTS};; esac; exec "$0.lab" "$@"'
WORDS = {
    "garbage": "echo '<html>502 Bad Gateway</html>'",
    "nothing": "cat > /dev/null",
    "two documents": '{ cat > /run/trueup-lab-probe; for i in 1 2; do "$0.lab" "$@" < /run/trueup-lab-probe; done; }',
    "half a document": '"$0.lab" "$@" | head -c 900',
    "a traceback": "echo 'Traceback (most recent call last):' >&2; exit 1",
    "no end": "exec sleep 600",
}
SAID = {
    "garbage": "the document: Invalid JSON",
    "nothing": "it printed nothing",
    "two documents": "the document: Invalid JSON: trailing characters",
    "half a document": "the document: Invalid JSON: EOF",
    "a traceback": "it ended with status 1: Traceback",
    "no end": "60 s",
}


@contextmanager
def instead(pair: Pair, node: str, body: str) -> Iterator[None]:
    """The environment's Python replaced by a shell script, which finds the real one as "$0.lab"."""
    text = shlex.quote(f"#!/bin/sh\n{body}\n")
    put = pair.on(node, f"mv {PYTHON} {PYTHON}.lab && printf %s {text} > {PYTHON} && chmod 755 {PYTHON}")
    assert put.rc == 0, put.err
    try:
        yield
    finally:
        back = pair.on(node, f"mv -f {PYTHON}.lab {PYTHON}; rm -f {STARTS} /run/trueup-lab-probe")
        assert back.rc == 0, back.err


@pytest.fixture(scope="module")
def green(converged: Pair, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Results]:
    """How both nodes answer when nothing is wrong."""
    found = by_node(answers(converged, tmp_path_factory.mktemp("green"), "-n", "2", *COMPONENT))
    bad = [
        (node, check) for node, seen in found.items() for check, (said, _) in seen.items() if said in (FAIL, UNKNOWN)
    ]
    assert [] == bad
    return found


def test_one_probe_serves_every_check(converged: Pair, green: dict[str, Results], tmp_path: Path) -> None:
    """It is started once, whatever the number of checks."""
    with instead(converged, "node1", COUNTING):
        found = by_node(answers(converged, tmp_path, "-n", "2", *COMPONENT))
        starts = converged.on("node1", f"cat {STARTS}").out.splitlines()

    assert {} == changed(green["node1"], found["node1"])
    assert ["-I -B - 30"] == starts


@pytest.mark.parametrize("what", WORDS)
def test_a_node_that_answers_badly_gets_one_verdict(
    converged: Pair, green: dict[str, Results], what: str, tmp_path: Path
) -> None:
    """Every check of the probe could not look, for one reason that names the node; the other node is untouched."""
    body = f'case "$*" in "-I -B - "*) {WORDS[what]};; *) exec "$0.lab" "$@";; esac'
    with instead(converged, "node1", body):
        told = answers(converged, tmp_path, "-n", "2", *COMPONENT)
    found = by_node(told)
    asked = {check for check, (said, _) in green["node1"].items() if said == PASS} - OWN
    reasons = {each["message"] for each in told if each["node"] == "node1" and each["outcome"] == UNKNOWN}

    assert dict.fromkeys(asked, (UNKNOWN, False)) == changed(green["node1"], found["node1"])
    assert {} == changed(green["node2"], found["node2"])
    assert 1 == len(reasons)
    assert [True, True] == [part in min(reasons) for part in ("node1: ", SAID[what])]


def test_without_the_stand_in_no_check_of_gpus_passes(
    converged: Pair, green: dict[str, Results], tmp_path: Path
) -> None:
    """Packages, module and library gone: each fails or could not look; none passes, none skips, none is left out."""
    stopped = "systemctl stop nvidia-persistenced trueup-lab-nvidia && umount /proc/driver"
    gone = f"DEBIAN_FRONTEND=noninteractive apt-get -q -y --allow-change-held-packages purge {PACKAGES}"
    removed = converged.on("node1", f"{stopped} && {gone}")
    assert removed.rc == 0, removed.out + removed.err
    try:
        found = by_node(answers(converged, tmp_path, "-n", "2", *COMPONENT))
    finally:
        healed = converged.converge("--limit", "node1")
        assert healed.rc == 0, healed.out + healed.err
    applicable = {check for check, (said, _) in green["node1"].items() if said == PASS}
    passed = {check for check, (said, _) in found["node1"].items() if said == PASS}

    assert HOST == passed
    assert applicable - HOST == {check for check, (said, _) in found["node1"].items() if said in (FAIL, UNKNOWN)}
    assert set(OF_ALL) <= applicable
    assert {} == changed(green["node2"], found["node2"])
    assert {} == changed(green["node1"], by_node(answers(converged, tmp_path, "-n", "2", *COMPONENT))["node1"])
