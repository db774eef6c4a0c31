"""What must be one and the same on all nodes."""

import pytest

from trueup.accept import tier
from trueup.accept.agree import disagreement
from trueup.accept.declared import env_path
from trueup.accept.reach import FleetUnderTest
from trueup.env import look

pytestmark = tier("usual", "torches")


@pytest.fixture(scope="module")
def torches(fleet: FleetUnderTest) -> dict[str, look.Torch]:
    """What torch says on each node."""
    return {node.name: look.torch(fleet.shells[node.name], env_path(fleet.profile)) for node in fleet.nodes}


def test_wheels_are_the_same_on_all_nodes(fleet: FleetUnderTest) -> None:
    """Ranks with different wheels differ in results, or wait for each other without end."""
    found = {
        node.name: look.environment(fleet.shells[node.name], env_path(fleet.profile), hashed_bytes=look.NO_FILE)
        for node in fleet.nodes
    }
    versions = {
        name: frozenset((project, wheel.version) for project, wheel in env.wheels.items())
        for name, env in found.items()
    }
    common = frozenset.intersection(*versions.values())

    assert {name: [] for name in versions} == {name: sorted(each - common) for name, each in versions.items()}


def test_nccl_is_the_same_on_all_nodes(torches: dict[str, look.Torch]) -> None:
    """NCCL refuses to talk to another version of itself (NVIDIA/nccl, src/init.cc)."""
    assert [] == disagreement({name: torch.nccl for name, torch in torches.items()})


def test_mapped_libraries_are_the_same_on_all_nodes(torches: dict[str, look.Torch]) -> None:
    """The same version number may stand on different bytes."""
    assert [] == disagreement({name: tuple(sorted(torch.mapped.items())) for name, torch in torches.items()})
