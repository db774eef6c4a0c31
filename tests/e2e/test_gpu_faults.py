"""Every break of the GPUs and of the host turns exactly its own checks red, and mend turns them green again."""

from pathlib import Path

import pytest

from lab.faults import driver, gpu, kernel_log
from lab.faults import gpu_under_load as under_load
from lab.faults.catalogue import break_, mend
from lab.faults.fault import Fault
from lab.instance import Instance
from tests.e2e.conftest import Pair
from tests.e2e.records import BAD, BLIND, FAILS, HOLDS, Seen, answers, by_node, changed

pytestmark = pytest.mark.slow
OURS: tuple[Fault, ...] = (*gpu.MUTATIONS, *driver.MUTATIONS, *kernel_log.MUTATIONS, *under_load.MUTATIONS)
# Those that converge heals are the proof run's, and those of the driver's software, too: this one never converges.
MENDED = tuple(mutation for mutation in OURS if not mutation.heals and not mutation.name.startswith("driver-"))


def look(pair: Pair, node: str, folder: Path) -> Seen:
    """Each check of the driver's component on that node."""
    return by_node(answers(pair, folder, "--component", "driver", "--node", node, "tests/node/test_driver.py"))[node]


@pytest.fixture(scope="module")
def green(instance: Instance, converged: Pair, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """How each node answers when nothing is broken."""
    found = {node: look(converged, node, tmp_path_factory.mktemp(node)) for node in instance.node_names[:2]}
    bad = {(node, check): answer for node, seen in found.items() for check, answer in seen.items() if answer[0] in BAD}
    assert {} == bad
    return found


@pytest.mark.parametrize("mutation", MENDED, ids=lambda mutation: mutation.name)
def test_break_is_caught_exactly(
    instance: Instance, converged: Pair, green: dict[str, Seen], mutation: Fault, tmp_path: Path
) -> None:
    """A break shows in its own checks and in no other, a control in none; what is between nodes is not asked here."""
    kinds = ((mutation.reds, (FAILS, False)), (mutation.blind, (BLIND, False)), (mutation.notes, (HOLDS, True)))
    expected = {check: said for checks, said in kinds for check in checks if check in green[mutation.node]}
    try:
        break_(instance, mutation.name)
        found = look(converged, mutation.node, tmp_path)
    finally:
        mend(instance)

    assert expected == changed(green[mutation.node], found)


def test_mend_turns_all_green(instance: Instance, converged: Pair, green: dict[str, Seen], tmp_path: Path) -> None:
    """After many breaks at once, mend leaves the node as it was."""
    for name in ("gpu-uncorrected-ecc", "gpu-xid-48", "host-oom"):
        break_(instance, name)
    mend(instance)

    assert {} == changed(green["node1"], look(converged, "node1", tmp_path))
