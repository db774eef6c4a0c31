"""Every fault of a pair is detected, named with its node and cause, and over in time."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lab import outages
from tests.e2e.collective.job_faults import FAULTS, RESTORE, Fault, Members
from trueup.collective.bandwidth_check import check_bandwidth
from trueup.collective.node import reap
from trueup.collective.run import examine

# What issue and design promise: no process left on any node by then.
GRACE_S = 30
# Of a job that ends by itself, on however busy a machine.
GENEROUS_S = 300


@pytest.fixture
def restored_lab(lab: Any, pair: Any, fault: Fault) -> Iterator[Any]:
    """The lab, made whole again afterwards whatever was put on it."""
    yield lab
    if fault.midst:
        done = pair.run("trueup", "lab", "undo", "--no-mirror")
        assert done.rc == 0, done.err
    for node in lab.nodes.values():
        outages.clear(node)
        node.execute(RESTORE)


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_fault_is_named_and_over_in_time(
    restored_lab: Any, members: Members, healthy_s: float, tmp_path: Path, fault: Fault
) -> None:
    """The first reason is the cause: a list of everything that failed afterwards helps nobody."""
    # A job that must run into its deadline does so soon, and not before its ranks are at work.
    deadline_s = int(15 + 3 * healthy_s) if fault.midst else GENEROUS_S
    job = replace(fault.job(restored_lab.job), deadline_s=deadline_s)
    with ThreadPoolExecutor(1) as pool:
        struck: Future[object] | None = None
        if fault.midst:
            struck = pool.submit(_strike, restored_lab, fault)
        else:
            fault.put(restored_lab)
        since = time.monotonic()
        fleet = fault.members(members)
        verdict, _ = check_bandwidth(examine(fleet, job), fleet, job, tmp_path)
        seconds = time.monotonic() - since
    if struck:
        struck.result()
    first = verdict.reasons[0] if verdict.reasons else ""

    assert (fault.outcome, []) == (verdict.outcome, [word for word in fault.words if word not in first]), (
        verdict.reasons
    )
    assert seconds < job.deadline_s + GRACE_S
    _let_run(restored_lab)
    # A node whose cable is pulled hears nothing of an end: its agent ends what it started by its own deadline. One that
    # was frozen has that deadline behind it, and needs the agent's grace from the moment when it runs again.
    until = max(since + job.deadline_s + GRACE_S, time.monotonic() + 2 * reap.GRACE_S)
    while any(restored_lab.processes().values()) and time.monotonic() < until:
        time.sleep(0.5)
    assert {"node1": 0, "node2": 0} == restored_lab.processes()


def _strike(lab: Any, fault: Fault) -> None:
    lab.await_traffic("node2")
    fault.put(lab)


def _let_run(lab: Any) -> None:
    # A node that is frozen or off has no process that runs; it must not have one either when it is back.
    for node in lab.nodes.values():
        if node.state() == "paused":
            node.podman.call("unpause", node.container, step="let the node go on", node=node.name)
        elif node.state() == "exited":
            node.start()
            node.await_ready()
