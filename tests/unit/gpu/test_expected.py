"""trueup.gpu.expected: the node's own declaration first, then its model's properties."""

from collections.abc import Callable

import pytest

from trueup.compat import gpu_models
from trueup.gpu.expected import PCIE_GENERATION, ExpectedGpus

ExpectedFactory = Callable[..., ExpectedGpus]


@pytest.mark.parametrize("model", gpu_models())
def test_every_model_is_known(model: str, expectation: ExpectedFactory) -> None:
    """No model of the catalogue is without a PCIe generation."""
    assert expectation(model).pcie_generation == PCIE_GENERATION[gpu_models()[model].architecture]


def test_a_declared_link_wins(expectation: ExpectedFactory) -> None:
    """A slot of eight lanes is a fact of the node."""
    found = expectation(gpu_pcie="x8 gen3")

    assert (8, 3) == (found.pcie_width, found.pcie_generation)


def test_several_uuids_are_distinguished(expectation: ExpectedFactory) -> None:
    """They come as one string."""
    one, other = "GPU-11111111-2222-3333-4444-555555555555", "GPU-21111111-2222-3333-4444-555555555555"

    assert (one, other) == expectation(gpu_uuids=f"{one},{other}").uuids
    assert () == expectation().uuids


def test_v100s_is_not_held_to_the_a100s_limits(expectation: ExpectedFactory) -> None:
    """Another memory repair, another link, other clocks."""
    found = expectation("v100s-pcie-32gb")

    assert ("page_retirement", 3, 1597, 1107) == (
        found.memory_repair,
        found.pcie_generation,
        found.clock_sm_mhz,
        found.clock_memory_mhz,
    )
