"""trueup.gpu.checks: one value out of place on one GPU is found by its check, at its threshold."""

from collections.abc import Callable
from typing import Any

import pytest

from trueup.gpu.checks import driver, ecc, identity, interconnect, performance
from trueup.gpu.expected import ExpectedGpus
from trueup.gpu.findings import Check
from trueup.gpu.schema import Probe

Probes = Callable[..., Probe]
ExpectedFactory = Callable[..., ExpectedGpus]
LOST = {"error": "NVMLError_GpuIsLost: GPU is lost"}
NOT_HERE = {"unsupported": "NVMLError_NotSupported: Not Supported"}
OF_EACH = (
    identity.inforom,
    ecc.mode,
    ecc.volatile,
    ecc.remapped_rows,
    ecc.retired_pages,
    ecc.sram,
    interconnect.width,
    interconnect.generation,
    interconnect.replays,
    performance.slowdown,
    performance.limits,
    performance.persistence,
    performance.no_other_process,
)
OF_ALL = (*OF_EACH, identity.count_and_model, identity.vbios)
SICK: list[tuple[Check, dict[str, Any], str]] = [
    (identity.count_and_model, {"pci_id": "20b5"}, "fault"),
    (identity.vbios, {"vbios": "92.00.25.00.09"}, "fault"),
    (identity.inforom, {"inforom_valid": {"error": "NVMLError_CorruptedInforom: infoROM is corrupted"}}, "fault"),
    (identity.inforom, {"inforom_valid": {"error": "NVMLError_Unknown"}}, "blind"),
    (ecc.mode, {"ecc_mode": [0, 0]}, "fault"),
    (ecc.mode, {"ecc_mode": [1, 0]}, "fault"),
    (ecc.mode, {"ecc_mode": [0, 1]}, "fault"),
    (ecc.volatile, {"ecc_volatile": 1}, "fault"),
    (ecc.remapped_rows, {"remapped": [0, 0, 1, 0]}, "fault"),
    (ecc.remapped_rows, {"remapped": [0, 0, 0, 1]}, "fault"),
    (ecc.remapped_rows, {"remapped": [0, 512, 0, 0]}, "fault"),
    (ecc.remapped_rows, {"remapped": [600, 511, 0, 0]}, ""),
    (ecc.retired_pages, {"retired": [4, 10]}, ""),
    (ecc.retired_pages, {"retired": [5, 10]}, "note"),
    (ecc.retired_pages, {"retired": [31, 31]}, "note"),
    (ecc.retired_pages, {"retired": [31, 32]}, "fault"),
    (ecc.retired_pages, {"retired_pending": 1}, "fault"),
    (ecc.sram, {"sram": 4}, ""),
    (ecc.sram, {"sram": 5}, "fault"),
    (interconnect.width, {"width": 8}, "fault"),
    (interconnect.generation, {"generation": 1}, "fault"),
    (interconnect.generation, {"generation": 1, "pstate": 8}, ""),
    (interconnect.generation, {"generation_max": 3, "pstate": 8}, "fault"),
    (interconnect.replays, {"replays_again": 8}, "note"),
    (performance.slowdown, {"reasons": 0x40, "reasons_again": 0x40}, "fault"),
    (performance.slowdown, {"reasons": 0x80}, "note"),
    (performance.slowdown, {"reasons": 0x5, "reasons_again": 0x5}, ""),
    (performance.limits, {"clock_sm": 1200}, "fault"),
    (performance.limits, {"power_limit": 150000}, "fault"),
    (performance.persistence, {"persistence": 0}, "fault"),
    (performance.no_other_process, {"processes": [4711]}, "fault"),
    (performance.no_other_process, {"memory": [40 << 30, 16 << 20]}, "fault"),
    (performance.no_other_process, {"memory": [40 << 30, 15 << 20]}, ""),
]


@pytest.mark.parametrize("check", OF_ALL)
def test_a_healthy_node_holds(check: Check, probe: Probes, expectation: ExpectedFactory) -> None:
    """Nothing is found where nothing is wrong."""
    assert () == check(probe(), expectation()).findings


@pytest.mark.parametrize(("check", "sickness", "kind"), SICK)
def test_one_value_out_of_place(
    check: Check, sickness: dict[str, Any], kind: str, probe: Probes, expectation: ExpectedFactory
) -> None:
    """Each threshold, on both of its sides."""
    found = check(probe(first=sickness), expectation()).findings

    assert [kind] * bool(kind) == [finding.kind for finding in found]


@pytest.mark.parametrize("check", OF_ALL)
def test_a_finding_says_what_to_do(check: Check, probe: Probes, expectation: ExpectedFactory) -> None:
    """Where, expected, actual and remedy are fields of every finding."""
    worst = {name: value for _, sickness, kind in SICK if kind == "fault" for name, value in sickness.items()}
    found = check(probe(first={**worst, "replays_again": 8}), expectation()).findings

    assert found
    assert all(each.problem.where.startswith("GPU 0") for each in found)
    assert all((each.problem.expected, each.problem.actual, each.problem.remedy) for each in found)


@pytest.mark.parametrize("check", OF_EACH)
def test_a_lost_gpu_is_a_blind_spot(check: Check, probe: Probes, expectation: ExpectedFactory) -> None:
    """A GPU that vanished between two questions passes nothing, and its neighbour is judged all the same."""
    kinds = [finding.kind for finding in check(probe(first={"serial": LOST}), expectation()).findings]

    assert ["blind"] == kinds


def test_a_lost_gpu_is_a_fault_of_the_count(probe: Probes, expectation: ExpectedFactory) -> None:
    """One clear verdict for a card that fell off: it is not there."""
    verdict = identity.count_and_model(probe(first={"serial": LOST}), expectation())

    assert not verdict.passes


@pytest.mark.parametrize("check", OF_EACH)
def test_no_gpu_is_a_blind_spot(check: Check, probe: Probes, expectation: ExpectedFactory) -> None:
    """A node that shows no GPU passes no check of GPUs."""
    verdict = check(probe(nvml={"count": {"v": 0}, "gpus": []}), expectation())

    assert verdict.problems("blind")


@pytest.mark.parametrize("check", [*OF_ALL, driver.one_version])
def test_a_library_that_is_missing_blinds(check: Check, probe: Probes, expectation: ExpectedFactory) -> None:
    """Without NVML nothing holds."""
    missing = {"init_error": "NVMLError_LibraryNotFound: not found", "init_code": 12}
    verdict = check(probe(nvml=missing), expectation())

    assert verdict.problems("blind")


@pytest.mark.parametrize("field", ["ecc_volatile", "sram", "remapped", "width", "pstate", "reasons", "processes"])
def test_unsupported_is_never_a_pass(field: str, probe: Probes, expectation: ExpectedFactory) -> None:
    """What this driver cannot tell is not taken for good."""
    found = probe(first={field: NOT_HERE})

    assert any(check(found, expectation()).problems("blind") for check in OF_EACH)


def test_a_bridge_where_one_is_declared(probe: Probes, expectation: ExpectedFactory) -> None:
    """A bridge is a fact of the node: declared and absent, or absent and present, is wrong."""
    cases = [(None, True), ({"links": [1, 1]}, False), ({"links": [1, 0]}, True)]
    found = [
        interconnect.bridge(probe(first=first or {}), expectation(gpu_nvlink=declared)) for first, declared in cases
    ]

    assert [2, 1, 1] == [len(verdict.problems("fault")) for verdict in found]


@pytest.mark.parametrize("errors", [3, NOT_HERE])
def test_errors_of_a_bridge_are_noted(errors: object, probe: Probes, expectation: ExpectedFactory) -> None:
    """Errors that are there, and errors that this driver does not count."""
    verdict = interconnect.bridge(probe(first={"links": [1, 1], "link_errors": errors}), expectation(gpu_nvlink=True))

    assert 1 == len(verdict.problems("note"))
