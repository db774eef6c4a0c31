"""trueup.declaration.node: what a node declares of its own hardware."""

from typing import Any

import pytest
from pydantic import ValidationError

from trueup.declaration.node import Node, fields_of

DATA: dict[str, Any] = {
    "ssh_hostname": "n",
    "profile": "lab",
    "gpus": "t4 x1",
    "interface": "eth0",
    "mirror": "http://m",
}
UUID = "GPU-11111111-2222-3333-4444-555555555555"


def node(**declared: object) -> Node:
    """A node with these further keys."""
    return Node.model_validate({"name": "node1", **fields_of({**DATA, **declared})})


def test_a_nodes_own_hardware_is_read() -> None:
    """Every key is a scalar, as pyinfra wants host data."""
    found = node(gpu_uuids=f"{UUID},{UUID}", gpu_nvlink=True, gpu_pcie="x8 gen3", gpu_vbios="92.00.25.00.08")

    assert (f"{UUID},{UUID}", True, "x8 gen3", "92.00.25.00.08") == (
        found.gpu_uuids,
        found.gpu_nvlink,
        found.gpu_pcie,
        found.gpu_vbios,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"gpu_uuids": "GPU-1"},
        {"gpu_uuids": f"{UUID}, {UUID}"},
        {"gpu_nvlink": "yes"},
        {"gpu_pcie": "x16"},
        {"gpu_pcie": "x3 gen4"},
        {"gpu_vbios": "92.00"},
        {"memory_gib": 0},
        {"numa_nodes": -1},
    ],
)
def test_a_slip_is_refused(wrong: dict[str, object]) -> None:
    """A declaration that no card could ever meet is found before any node is asked."""
    with pytest.raises(ValidationError):
        node(**wrong)
