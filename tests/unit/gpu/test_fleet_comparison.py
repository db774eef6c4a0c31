"""trueup.gpu.fleet_comparison: what two nodes share is compared, and what one does not tell is no agreement."""

from collections.abc import Callable
from typing import Any

import pytest

from trueup.declaration import LAB, Node
from trueup.gpu.expected import ExpectedGpus
from trueup.gpu.fleet_comparison import branches, firmware, shared_models
from trueup.gpu.probe import ProbeReport
from trueup.gpu.schema import Probe, ProbeError
from trueup.outcome import CouldNotCheck


def node(name: str, model: str) -> Node:
    """A node with GPUs of that model."""
    fields: dict[str, Any] = {"hostname": "n", "profile": "lab", "address": "n", "interface": "e", "mirror": "http://m"}
    return Node(name=name, gpus=f"{model} x2", **fields)


NODES = (node("node1", "t4"), node("node2", "l40s"), node("node3", "t4"))


def test_only_shared_models_are_compared() -> None:
    """One node alone agrees with itself."""
    assert ["t4"] == shared_models(NODES, {})


def test_only_shared_branches_are_compared() -> None:
    """A branch per group of nodes is a declaration, no fault."""
    old = LAB.model_copy(update={"driver": LAB.driver.model_copy(update={"branch": "535"})})

    assert ["580"] == branches(NODES, {"node1": LAB, "node2": old, "node3": LAB})


def test_cards_are_grouped_by_firmware(probe: Callable[..., Probe], expectation: Callable[..., ExpectedGpus]) -> None:
    """The odd card is named with its node."""
    looks = [
        ProbeReport("node1", expectation(), probe()),
        ProbeReport("node3", expectation(), probe(first={"vbios": "92.00.25.00.09"})),
    ]
    found = firmware(looks)

    assert ["node3: GPU 0"] == [card.split(" (")[0] for card in found["92.00.25.00.09"]]


@pytest.mark.parametrize("sick", [{"vbios": {"error": "NVMLError_Unknown"}}, None])
def test_silence_is_no_agreement(
    sick: dict[str, Any] | None, probe: Callable[..., Probe], expectation: Callable[..., ExpectedGpus]
) -> None:
    """A card, or a node, that does not tell."""
    seen = probe(first=sick) if sick else ProbeError("garbage")

    with pytest.raises(CouldNotCheck, match="node1"):
        firmware([ProbeReport("node1", expectation(), seen)])
