"""trueup.gpu.checks.host: disks, memory, swap, processors, each at its threshold."""

from collections.abc import Callable
from typing import Any

import pytest

from trueup.gpu.checks import host
from trueup.gpu.expected import ExpectedGpus
from trueup.gpu.schema import Probe

Probes = Callable[..., Probe]
ExpectedFactory = Callable[..., ExpectedGpus]
MOUNT = {"source": "/dev/sda1", "kind": "ext4", "writable": True, "bytes": [50, 50], "inodes": [50, 50]}


def mounted(where: str = "/", **changes: Any) -> dict[str, Any]:
    """One file system."""
    return {"state": "looked", "value": {"mounts": {where: {**MOUNT, **changes}}}}


@pytest.mark.parametrize(
    ("disks", "kinds"),
    [
        (mounted(), []),
        (mounted(bytes=[84, 16]), []),
        (mounted(bytes=[85, 15]), ["note"]),
        (mounted(bytes=[95, 5]), ["fault"]),
        (mounted(inodes=[95, 5]), ["fault"]),
        (mounted(inodes=[0, 0]), []),
        (mounted(writable=False), ["fault"]),
        (mounted(where="/data"), ["blind"]),
    ],
)
def test_disks(disks: dict[str, Any], kinds: list[str], probe: Probes, expectation: ExpectedFactory) -> None:
    """Component from both sides of each threshold; a file system without inodes has enough of them."""
    found = host.disks(probe(disks=disks), expectation()).findings

    assert kinds == [finding.kind for finding in found]


@pytest.mark.parametrize(("declared", "holds"), [(64, True), (67, True), (68, False), (60, False), (None, True)])
def test_memory(declared: int | None, holds: bool, probe: Probes, expectation: ExpectedFactory) -> None:
    """Five per cent either way; what is not declared is not held against the node."""
    assert holds is host.memory(probe(), expectation(memory_gib=declared)).passes


@pytest.mark.parametrize(("total", "free", "holds"), [(0, 0, True), (100, 10, True), (100, 9, False)])
def test_swap(total: int, free: int, holds: bool, probe: Probes, expectation: ExpectedFactory) -> None:
    """A node without swap cannot have it eaten up."""
    found = {"MemTotal": 1, "MemAvailable": 1, "SwapTotal": total, "SwapFree": free}

    assert holds is host.swap(probe(memory={"state": "looked", "value": found}), expectation()).passes


@pytest.mark.parametrize(
    ("governors", "kinds"), [(["performance"], []), (["performance", "powersave"], ["fault"]), ([], ["note"])]
)
def test_governor(governors: list[str], kinds: list[str], probe: Probes, expectation: ExpectedFactory) -> None:
    """One slow core is enough."""
    found = {"governors": governors, "numa_nodes": 2, "processors": 64}
    verdict = host.governor(probe(processors={"state": "looked", "value": found}), expectation())

    assert kinds == [finding.kind for finding in verdict.findings]


def test_numa(probe: Probes, expectation: ExpectedFactory) -> None:
    """As many nodes as declared."""
    assert host.numa(probe(), expectation(numa_nodes=2)).passes
    assert not host.numa(probe(), expectation(numa_nodes=4)).passes
