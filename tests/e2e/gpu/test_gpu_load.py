"""What a GPU shows only at work: caught by the checks beside the fleet's job, and by no other."""

from pathlib import Path

import pytest

from lab.faults.catalogue import catalogue, inject, undo
from lab.faults.common import UNDER_LOAD
from lab.faults.fault import Fault
from lab.faults.gpu_under_load import FAULTS
from lab.instance import Instance
from tests.e2e.conftest import Pair
from tests.e2e.records import BAD, FAIL, PASS, UNKNOWN, Results, answers, by_node, changed

JOB = ("--component", "allreduce", "tests/fleet/test_allreduce.py")
# Of those that an idle look sees as well, one of each outcome.
BOTH = tuple(catalogue()[name] for name in ("gpu-hot", "gpu-replays", "gpu-off-the-bus", "gpu-driver-mismatch"))


def accept_under_load(pair: Pair, folder: Path) -> Results:
    """The checks of the GPUs beside the job; the job's own are slow on a busy machine, and no matter of the GPUs'."""
    (seen,) = by_node(answers(pair, folder, *JOB)).values()
    return {check: answer for check, answer in seen.items() if check in UNDER_LOAD}


@pytest.fixture(scope="module")
def green(instance: Instance, converged: Pair, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """How the job's checks answer when nothing is broken."""
    found = accept_under_load(converged, tmp_path_factory.mktemp("green"))
    assert {} == {check: said for check, said in found.items() if said[0] in BAD}
    assert set(UNDER_LOAD) == set(found)
    return found


@pytest.mark.parametrize("fault", [*FAULTS, *BOTH], ids=lambda fault: fault.name)
def test_fault_shows_under_load(
    instance: Instance, converged: Pair, green: Results, fault: Fault, tmp_path: Path
) -> None:
    """In its own check, and not in the other one; a control in none."""
    kinds = (
        (fault.failing_checks, (FAIL, False)),
        (fault.unknown_checks, (UNKNOWN, False)),
        (fault.notes, (PASS, True)),
    )
    expected = {check: answer for checks, answer in kinds for check in checks if check in UNDER_LOAD}
    try:
        inject(instance, fault.name)
        found = accept_under_load(converged, tmp_path)
    finally:
        undo(instance)

    assert expected == changed(green, found)
