"""Stacks and nodes to judge: one that fits everywhere, to be changed where a test needs it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from trueup.compat.engine import Compatibility, evaluate
from trueup.compat.stack import NodeFacts, Stack, StackOnNode
from trueup.compat.tables import lookup, schema

TODAY = date(2026, 11, 23)
# The maintained set: judged without a refusal on every GPU from Volta to Hopper.
FITS = Stack(
    torch="2.10.0",
    build="12.6",
    python="3.12",
    toolkit="12.6",
    branch="580",
    modules="proprietary",
    deepspeed="0.19.8",
    numpy="2.2.6",
    setuptools="84.2.1",
    torchvision="0.25.0",
    torchaudio="2.10.0",
    ops=("fused_adam",),
    packages=("libaio-devel",),
)
MODELS = {"a100": "a100-pcie-40gb", "v100s": "v100s-pcie-32gb", "b200": "b200", "t4": "t4", "l40s": "l40s"}


def facts(text: str, **more: Any) -> NodeFacts:
    """A node from "a100 rocky-9": GPU and distribution."""
    gpu, distro = text.split()
    known = NodeFacts(text, MODELS.get(gpu, gpu), 2, distro=distro, declared_distro=distro, machine="x86_64")
    return replace(known, **more)


@pytest.fixture
def node() -> Callable[..., NodeFacts]:
    """Makes a node."""
    return facts


@pytest.fixture
def fits() -> Stack:
    """The stack that fits everywhere."""
    return FITS


@pytest.fixture
def verdict() -> Callable[..., Compatibility]:
    """Judges the fitting stack, changed, on nodes given as "a100 rocky-9"."""

    def judged(nodes: list[str], **changes: Any) -> Compatibility:
        stack = replace(FITS, **changes)
        return evaluate([StackOnNode(facts(name), stack, TODAY) for name in nodes])

    return judged


@pytest.fixture
def refusing() -> Callable[..., set[str]]:
    """The rules that refuse or cannot judge a stack; what the pairs of torch are follows from torch."""

    def refused(nodes: str, **changes: Any) -> set[str]:
        torch = changes.get("torch", FITS.torch)
        known = {row.torch: row for row in lookup.every("torch", schema.TorchRow)}
        pair = known.get(torch)
        common = {
            "python": "3.10",
            "numpy": "1.26.4",
            "setuptools": "69.5.1",
            "torchvision": pair.torchvision[0] if pair else None,
            "torchaudio": pair.torchaudio[0] if pair else None,
        }
        stack = replace(FITS, **{**common, **changes})
        found = evaluate([StackOnNode(facts(name), stack, TODAY) for name in nodes.split(", ")])
        return {finding.rule for finding in found.findings if finding.level != "warning"}

    return refused
