"""What must be one and the same on all nodes."""

from shlex import quote

import pytest

from trueup.accept.checks import CouldNotCheck, FleetUnderTest, require_agreement, tier
from trueup.env import probe

pytestmark = tier("standard", "torches")


@pytest.fixture(scope="module")
def torches(fleet: FleetUnderTest) -> dict[str, probe.TorchReport]:
    """What torch says on each node."""
    return fleet.map_nodes(lambda _node, shell: probe.torch(shell, fleet.profile.env_prefix))


def test_wheels_are_the_same_on_all_nodes(fleet: FleetUnderTest) -> None:
    """Ranks with different wheels differ in results, or wait for each other without end."""
    site = f"{fleet.profile.env_prefix}/lib/python{fleet.profile.env.python}/site-packages"
    found = fleet.run_on_all(lambda _node: f"cd {quote(site)} && ls")
    blind = [f"{name}: {result.err_text.strip()}" for name, result in found.items() if not result.ok]
    if blind:
        raise CouldNotCheck("\n".join(blind))
    # name-version.dist-info or .egg-info (packaging.python.org, Recording installed projects).
    versions = {
        name: frozenset(file for file in result.text.splitlines() if file.endswith((".dist-info", ".egg-info")))
        for name, result in found.items()
    }
    common = frozenset.intersection(*versions.values())

    assert {name: [] for name in versions} == {name: sorted(each - common) for name, each in versions.items()}


def test_nccl_is_the_same_on_all_nodes(torches: dict[str, probe.TorchReport]) -> None:
    """NCCL refuses to talk to another version of itself (NVIDIA/nccl, src/init.cc)."""
    require_agreement({name: torch.nccl for name, torch in torches.items()})


def test_mapped_libraries_are_the_same_on_all_nodes(torches: dict[str, probe.TorchReport]) -> None:
    """The same version number may stand on different bytes."""
    require_agreement({name: tuple(sorted(torch.mapped.items())) for name, torch in torches.items()})
