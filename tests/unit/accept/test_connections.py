"""What checks between nodes are given."""

from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest

from trueup.accept.connections import FleetUnderTest
from trueup.accept.parameters import mesh, pairs
from trueup.declaration import LAB, Node
from trueup.outcome import CouldNotCheck


def node(name: str, **data: object) -> Node:
    every = {
        "name": name,
        "hostname": "10.0.0.1",
        "address": "10.0.0.1",
        "profile": "lab",
        "gpus": "a100-pcie-40gb x2",
        "interface": "eth0",
        "mirror": "http://m",
    }
    return Node.model_validate({**every, **data})


def test_one_profile_for_all() -> None:
    """A collective of nodes with different stacks cannot be judged."""
    other = LAB.model_copy(update={"lock": "locks/other.lock"})
    nodes = (node("a"), node("b"))

    assert LAB == FleetUnderTest(nodes, {"a": LAB, "b": LAB.model_copy()}, {}).profile
    with pytest.raises(CouldNotCheck, match="wanted one profile"):
        assert FleetUnderTest(nodes, {"a": LAB, "b": other}, {}).profile


def test_every_node_is_queried_at_once() -> None:
    """Each waits for the other here: asked in turn, neither would ever answer."""
    both = Barrier(2, timeout=10)
    shells: Any = {"a": "shell of a", "b": "shell of b"}

    def question(one: Node, shell: object) -> str:
        both.wait()
        return f"{one.name} by the {shell}"

    assert {"a": "a by the shell of a", "b": "b by the shell of b"} == FleetUnderTest(
        (node("a"), node("b")), {}, shells
    ).map_nodes(question)


def test_each_node_gets_its_own_command() -> None:
    """Interfaces have other names on other machines."""
    shells: Any = {name: SimpleNamespace(run=lambda command, timeout, at=name: (at, command, timeout)) for name in "ab"}
    fleet = FleetUnderTest((node("a"), node("b", interface="eth1")), {}, shells)
    told: Any = fleet.run_on_all(lambda one: f"look at {one.interface}", timeout=7)

    assert {"a": ("a", "look at eth0", 7), "b": ("b", "look at eth1", 7)} == told


def test_declared_mesh() -> None:
    """Pairs are (from, to); every account of the target counts; nobody needs a key for itself."""
    one_way = LAB.access.model_copy(update={"mesh": (("a", "b"),), "accounts": LAB.access.accounts[:1]})
    profile = LAB.model_copy(update={"access": one_way})
    nodes = (node("a"), node("b"))

    assert [("root", "a", "b")] == mesh(nodes, {"a": profile, "b": profile})
    assert 4 == len(mesh(nodes, {"a": LAB, "b": LAB}))
    assert not LAB.access.allows("a", "a")
    assert [("a", "b"), ("b", "a")] == pairs(nodes, {})
