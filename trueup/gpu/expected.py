"""What a node's GPUs should be: the node's own declaration first, its model's properties for the rest."""

from typing import Literal

from trueup.compat import gpu_models
from trueup.declaration import Node, Profile, Record

# NVIDIA's architecture white papers: the PCIe generation of the data-centre cards.
PCIE_GENERATION = {"Volta": 3, "Turing": 3, "Ampere": 4, "Ada": 4, "Hopper": 5, "Blackwell": 5}
PCIE_WIDTH = 16


class ExpectedGpus(Record):
    """One node's GPUs and host; None where the node does not declare it.

    Clocks in MHz; clocks_sure: whether a source confirms them.
    """

    node: str
    model: str
    count: int
    device_id: str
    memory_repair: Literal["row_remapping", "page_retirement"]
    clock_sm_mhz: int
    clock_memory_mhz: int
    clocks_sure: bool
    pcie_width: int
    pcie_generation: int
    uuids: tuple[str, ...]
    nvlink: bool | None
    vbios: str | None
    branch: str
    modules: Literal["proprietary", "open"]
    memory_gib: int | None
    numa_nodes: int | None


def expected_gpus(node: Node, profile: Profile) -> ExpectedGpus:
    """Of one node; raises KeyError for a model that the catalogue lacks (the rules refuse it long before)."""
    model = gpu_models()[node.gpu_model]
    width, generation = PCIE_WIDTH, PCIE_GENERATION[model.architecture]
    if node.gpu_pcie is not None:
        width, generation = (int(part.lstrip("xgen")) for part in node.gpu_pcie.split())
    return ExpectedGpus(
        node=node.name,
        model=node.gpu_model,
        count=node.gpu_count,
        device_id=model.pci_device_id,
        memory_repair=model.memory_repair,
        clock_sm_mhz=model.max_sm_mhz,
        clock_memory_mhz=model.max_memory_mhz,
        clocks_sure=model.clocks_status != "memory",
        pcie_width=width,
        pcie_generation=generation,
        uuids=tuple(node.gpu_uuids.split(",")) if node.gpu_uuids else (),
        nvlink=node.gpu_nvlink,
        vbios=node.gpu_vbios,
        branch=profile.driver.branch,
        modules=profile.driver.modules,
        memory_gib=node.memory_gib,
        numa_nodes=node.numa_nodes,
    )


def remaps_rows(node: Node, profile: Profile) -> bool:
    """Whether the node's model maps bad memory rows to spare ones: Ampere and later."""
    return gpu_models()[node.gpu_model].memory_repair == "row_remapping"


def retires_pages(node: Node, profile: Profile) -> bool:
    """Whether it takes bad pages out of use instead: before Ampere."""
    return not remaps_rows(node, profile)
