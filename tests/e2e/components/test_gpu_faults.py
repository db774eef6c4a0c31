"""Every fault of the GPUs and of the host fails exactly its own checks, and undo makes them pass again."""

from pathlib import Path

import pytest

from lab.faults import driver, gpu, kernel_log
from lab.faults import gpu_under_load as under_load
from lab.faults.catalogue import inject, undo
from lab.faults.fault import Fault
from lab.instance import Instance
from tests.e2e.conftest import Pair
from tests.e2e.records import BAD, FAIL, PASS, UNKNOWN, Results, answers, by_node, changed

pytestmark = pytest.mark.slow
OURS: tuple[Fault, ...] = (*gpu.FAULTS, *driver.FAULTS, *kernel_log.FAULTS, *under_load.FAULTS)
# The fault-coverage run has those that converge repairs, and those of the driver's software: this test never converges.
REPAIRED_BY_CONVERGE = tuple(
    fault for fault in OURS if not fault.converge_repairs and not fault.name.startswith("driver-")
)


def accept_driver(pair: Pair, node: str, folder: Path) -> Results:
    """Each check of the driver's component on that node."""
    return by_node(answers(pair, folder, "--component", "driver", "--node", node, "tests/node/test_driver.py"))[node]


@pytest.fixture(scope="module")
def green(instance: Instance, converged: Pair, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Results]:
    """How each node answers when nothing is broken."""
    found = {node: accept_driver(converged, node, tmp_path_factory.mktemp(node)) for node in instance.node_names[:2]}
    bad = {(node, check): answer for node, seen in found.items() for check, answer in seen.items() if answer[0] in BAD}
    assert {} == bad
    return found


@pytest.mark.parametrize("fault", REPAIRED_BY_CONVERGE, ids=lambda fault: fault.name)
def test_fault_is_caught_exactly(
    instance: Instance, converged: Pair, green: dict[str, Results], fault: Fault, tmp_path: Path
) -> None:
    """A fault fails its own checks and no other, a control none; checks between nodes do not run here."""
    kinds = (
        (fault.failing_checks, (FAIL, False)),
        (fault.unknown_checks, (UNKNOWN, False)),
        (fault.notes, (PASS, True)),
    )
    expected = {check: said for checks, said in kinds for check in checks if check in green[fault.node]}
    try:
        inject(instance, fault.name)
        found = accept_driver(converged, fault.node, tmp_path)
    finally:
        undo(instance)

    assert expected == changed(green[fault.node], found)


def test_undo_makes_all_checks_pass(
    instance: Instance, converged: Pair, green: dict[str, Results], tmp_path: Path
) -> None:
    """After many faults at once, undo leaves the node as it was."""
    for name in ("gpu-uncorrected-ecc", "gpu-xid-48", "host-oom"):
        inject(instance, name)
    undo(instance)

    assert {} == changed(green["node1"], accept_driver(converged, "node1", tmp_path))
