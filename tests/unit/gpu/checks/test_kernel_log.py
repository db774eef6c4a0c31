"""trueup.gpu.checks.kernel_log: which lines of the kernel's log of this boot count."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.gpu.checks import kernel_log
from trueup.gpu.checks.kernel_log import APPLICATION_XIDS, FATAL_XIDS
from trueup.gpu.expected import ExpectedGpus
from trueup.gpu.schema import Probe

Probes = Callable[..., Probe]
ExpectedFactory = Callable[..., ExpectedGpus]
FAULTS = [
    "[ 1.0] n kernel: watchdog: BUG: soft lockup - CPU#3 stuck for 26s!",
    "[ 1.0] INFO: task python:1 blocked for more than 120 seconds.",
    "[ 1.0] EXT4-fs (sda1): Remounting filesystem read-only",
    "[ 1.0] nvme nvme0: I/O 12 QID 4 timeout, aborting",
    "[ 1.0] blk_update_request: I/O error, dev sda, sector 0",
    "[ 1.0] Out of memory: Killed process 1 (python)",
]


def kernel(*lines: str) -> dict[str, object]:
    """The log with these lines."""
    return {"state": "looked", "value": {"reader": "dmesg", "first": "x", "read": 9, "lines": list(lines)}}


def xid(number: int, form: str = "PCI:0000:3b:00") -> str:
    """A line as the driver writes it; older ones leave out the "PCI:"."""
    return f"[ 12.3] node1 kernel: NVRM: Xid ({form}): {number}, pid=1, name=python"


@pytest.mark.parametrize("number", FATAL_XIDS)
def test_an_xid_of_the_hardware_is_a_fault(number: int, probe: Probes, expectation: ExpectedFactory) -> None:
    """Each of them, with the boot that it happened in."""
    verdict = kernel_log.xids(probe(kernel=kernel(xid(number))), expectation())

    assert f"XID {number} x1 on 0000:3b:00 in boot b00t" in verdict.problems("fault")[0].actual.replace("PCI:", "")


@pytest.mark.parametrize("number", [*APPLICATION_XIDS, 999])
def test_a_programs_xid_is_a_note(number: int, probe: Probes, expectation: ExpectedFactory) -> None:
    """A faulty kernel is no faulty node."""
    verdict = kernel_log.xids(probe(kernel=kernel(xid(number, "0000:03:00"))), expectation())

    assert verdict.passes
    assert verdict.problems("note")


def test_without_a_driver_no_xids_are_written(probe: Probes, expectation: ExpectedFactory) -> None:
    """Their absence then says nothing; one that was written before the driver went still counts."""
    gone = {"state": "looked", "value": {"version": None, "loaded": []}}

    assert kernel_log.xids(probe(module=gone), expectation()).problems("blind")
    assert not kernel_log.xids(probe(module=gone, kernel=kernel(xid(79))), expectation()).passes


def test_no_log_is_a_blind_spot(probe: Probes, expectation: ExpectedFactory) -> None:
    """Without the log nobody knows."""
    closed = {"state": "cannot", "why": "neither journalctl nor dmesg"}

    assert kernel_log.xids(probe(kernel=closed), expectation()).problems("blind")
    assert kernel_log.host_faults(probe(kernel=closed), expectation()).problems("blind")


@pytest.mark.parametrize("line", FAULTS)
def test_a_host_fault(line: str, probe: Probes, expectation: ExpectedFactory) -> None:
    """Each kind is found in the kernel's own words."""
    assert not kernel_log.host_faults(probe(kernel=kernel(line)), expectation()).passes


def test_a_jobs_own_memory_limit_is_no_host_fault(probe: Probes, expectation: ExpectedFactory) -> None:
    """A job that met its limit has only hurt itself."""
    line = "[ 1.0] Memory cgroup out of memory: Killed process 1 (python)"

    assert kernel_log.host_faults(probe(kernel=kernel(line)), expectation()).passes


@given(lines=st.lists(st.text(), max_size=5))
def test_any_line_is_borne(lines: list[str]) -> None:
    """A process may write what it likes into the kernel's log, through the names it chooses."""
    text = " ".join(lines)

    assert kernel_log._XID.search(text) is None or "Xid" in text
