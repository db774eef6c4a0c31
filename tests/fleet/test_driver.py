"""One driver on all nodes, and one firmware on all cards of a model."""

from collections import defaultdict
from dataclasses import replace

from trueup.accept.checks import FleetUnderTest, between, remedy, require
from trueup.gpu import branches, firmware, run_probe, shared_models
from trueup.gpu.checks.driver import module_version

pytestmark = remedy("update the odd ones: drain, change, reboot, one node at a time")


@between("branch", branches)
def test_driver_is_the_same_on_all_nodes(fleet: FleetUnderTest, branch: str) -> None:
    """Two versions of one branch run one job with two compilers and two sets of faults."""
    nodes = tuple(node for node in fleet.nodes if fleet.profiles[node.name].driver.branch == branch)
    told = replace(fleet, nodes=nodes).run_on_all(lambda _node: "head -n 1 /proc/driver/nvidia/version")
    found = defaultdict(list)
    for name, result in told.items():
        found[module_version(result.text)[0]].append(name)

    require(len(found) == 1, expected=f"one version of branch {branch}", actual=dict(found))


@between("model", shared_models)
def test_firmware_is_the_same_on_all_cards_of_a_model(fleet: FleetUnderTest, model: str) -> None:
    """Two firmwares in one job run with different clocks, fixes and faults."""
    nodes = tuple(node for node in fleet.nodes if node.gpu_model == model)
    looks = replace(fleet, nodes=nodes).map_nodes(lambda node, shell: run_probe(node, fleet.profiles[node.name], shell))
    found = firmware(list(looks.values()))

    require(len(found) == 1, expected=f"one VBIOS on all {model}", actual=found)
