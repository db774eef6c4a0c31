"""The pair that faults are injected into: one that is removed afterwards, or the one that TRUEUP_TESTS_LAB names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from lab.fault_coverage.commands import Observation
from lab.faults import catalogue
from lab.instance import DEFAULT, Instance, load
from lab.progress import Steps
from lab.snapshots import name_of
from lab.up import bring_up, podman_for, take_down

OWN = "TRUEUP_TESTS_LAB"
NAME = "fault-coverage"


@contextmanager
def pair(steps: Steps, shape: str) -> Iterator[Instance]:
    """Yield a converged pair of that shape (lab/topologies.py), all faults undone before and after; raises LabError."""
    own = os.environ.get(OWN)
    instance = bring_up(own or NAME, steps, like=_like(own or NAME), shape=shape)
    catalogue.undo(instance)
    with steps.step("converge"):
        Observation(instance.name).converge()
    try:
        yield instance
    finally:
        catalogue.undo(instance)
        if not own:
            take_down(instance.name, steps)


def _like(name: str) -> str | None:
    """Name the default lab where it keeps disks: a copy on write saves a first converge."""
    if load(name) is not None:
        return None
    podman = podman_for(name)
    kept = all(podman.ok("image", "exists", name_of(DEFAULT, node)) for node in ("node1", "node2"))
    return DEFAULT if kept else None
