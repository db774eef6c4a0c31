"""A kept disk is asked for by name, and a missing one says how to keep it."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from lab import snapshots
from lab.errors import LabError
from lab.podman import Podman


@dataclass
class Images:
    """Podman, as far as images go: those that are there, and those that a node is made of."""

    there: list[str]
    used: list[str] = field(default_factory=list)

    def ok(self, *words: str) -> bool:
        """Whether an image exists."""
        return words[-1] in self.there

    def call(self, verb: str, *words: str, **_options: Any) -> str:
        """List, or remove."""
        if verb == "rmi":
            self.there.remove(words[0])
        return "\n".join(self.used if verb == "ps" else self.there)


def test_every_node_has_its_kept_disk() -> None:
    """Each node begins with its own disk."""
    there = ["localhost/trueup-lab-disk-one:node1", "localhost/trueup-lab-disk-one:node2"]

    found = snapshots.kept("one", ("node1", "node2"), cast("Podman", Images(there)))

    assert dict(zip(("node1", "node2"), there, strict=True)) == found


def test_further_nodes_begin_like_those_with_their_gpus() -> None:
    """Two kept disks make a fleet of six."""
    first, second = "localhost/trueup-lab-disk-one:node1", "localhost/trueup-lab-disk-one:node2"
    names = tuple(f"node{number}" for number in range(1, 7))

    found = snapshots.kept("one", names, cast("Podman", Images([first, second])))

    assert dict(zip(names, (first, second) * 3, strict=True)) == found


def test_disk_that_was_not_kept_is_named_with_the_command_that_keeps_it() -> None:
    """A pair of a converged and an empty node would be a riddle."""
    with pytest.raises(LabError) as refused:
        snapshots.kept("one", ("node1", "node2"), cast("Podman", Images(["localhost/trueup-lab-disk-one:node1"])))

    assert ("none of node2", "keep them: TRUEUP_LAB=one trueup lab save") == (
        refused.value.actual,
        refused.value.remedy,
    )


def test_disk_in_use_is_not_forgotten() -> None:
    """Another instance's node is made of it."""
    images = Images(["disk:node1", "disk:node2"], used=["disk:node2"])

    snapshots.forget("one", cast("Podman", images))

    assert ["disk:node2"] == images.there
