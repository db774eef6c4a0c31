"""The pair that is broken: one of its own, gone afterwards, or the one that TRUEUP_TESTS_LAB names, which stays."""

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
NAME = "proof-run"


@contextmanager
def pair(steps: Steps, shape: str | None = None) -> Iterator[Instance]:
    """A converged pair of that shape (lab/topologies.py), mended before and after. Raises LabError."""
    own = os.environ.get(OWN)
    instance = bring_up(own or NAME, steps, like=_like(own or NAME), shape=shape)
    catalogue.mend(instance)
    with steps.step("converge"):
        Observation(instance.name).converge()
    try:
        yield instance
    finally:
        catalogue.mend(instance)
        if not own:
            take_down(instance.name, steps)


def _like(name: str) -> str | None:
    """The default lab's kept disks, where it keeps any: a copy on write instead of a first converge."""
    if load(name) is not None:
        return None
    podman = podman_for(name)
    kept = all(podman.ok("image", "exists", name_of(DEFAULT, node)) for node in ("node1", "node2"))
    return DEFAULT if kept else None
