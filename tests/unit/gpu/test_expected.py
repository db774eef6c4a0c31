"""trueup.gpu.expected: the node's own declaration first, then its model's properties."""

from collections.abc import Callable

import pytest

from trueup.compat import gpu_models
from trueup.gpu.expected import PCIE_GENERATION, ExpectedGpus

Wants = Callable[..., ExpectedGpus]


@pytest.mark.parametrize("model", gpu_models())
def test_every_model_is_known(model: str, want: Wants) -> None:
    """No model of the catalogue is without a PCIe generation."""
    assert want(model).pcie_generation == PCIE_GENERATION[gpu_models()[model].architecture]


def test_a_declared_link_wins(want: Wants) -> None:
    """A slot of eight lanes is a fact of the node."""
    found = want(gpu_pcie="x8 gen3")

    assert (8, 3) == (found.pcie_width, found.pcie_generation)


def test_several_uuids_are_distinguished(want: Wants) -> None:
    """They come as one string."""
    one, other = "GPU-11111111-2222-3333-4444-555555555555", "GPU-21111111-2222-3333-4444-555555555555"

    assert (one, other) == want(gpu_uuids=f"{one},{other}").uuids
    assert () == want().uuids


def test_v100s_is_not_held_to_the_a100s_limits(want: Wants) -> None:
    """Another memory repair, another link, other clocks."""
    found = want("v100s-pcie-32gb")

    assert ("page_retirement", 3, 1597, 1107) == (
        found.memory_repair,
        found.pcie_generation,
        found.clock_sm_mhz,
        found.clock_memory_mhz,
    )
