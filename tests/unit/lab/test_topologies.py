"""Kinds of nodes, and what each begins with."""

from typing import cast

import pytest

from lab import snapshots, topologies
from lab.errors import LabError
from lab.instance import Instance
from lab.podman import Podman
from lab.progress import Steps


def test_kinds_come_in_turn() -> None:
    """As GPUs do: node1 and node3 are alike."""
    lab = Instance("x", 1, 4, "mixed")

    assert ["debian-12", "el", "debian-12", "el"] == [topologies.kind_of(lab, node) for node in lab.node_names]


def test_default_is_all_debian() -> None:
    """What was before."""
    assert {"debian-12"} == {topologies.kind_of(Instance("x", 1), node) for node in ("node1", "node2")}


def test_another_shape_needs_a_lab_of_its_own() -> None:
    """Nobody's nodes are thrown away by a slip in an option."""
    with pytest.raises(LabError, match="take it down first"):
        topologies.require_same(Instance("x", 1), "mixed")


@pytest.mark.parametrize("shape", [None, "mixed"])
def test_its_own_shape_is_fine(shape: str | None) -> None:
    """Saying nothing keeps it."""
    topologies.require_same(Instance("x", 1, 2, "mixed"), shape)


@pytest.mark.parametrize(("shape", "first"), [("debian-11", "kept"), ("debian-13", "empty")])
def test_kept_disk_of_another_stack_is_no_beginning(shape: str, first: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment with another torch in it would be converged from something that no empty node has."""
    monkeypatch.setattr(topologies, "load", lambda name: Instance(name, 0))
    monkeypatch.setattr(topologies, "_empty", lambda *_: "empty")
    monkeypatch.setattr(snapshots, "kept", lambda _like, names, _podman: dict.fromkeys(names, "kept"))
    found = topologies.images(Instance("x", 1, 2, shape), "default", cast("Podman", None), cast("Steps", None))

    assert {"node1": first, "node2": "empty"} == found
