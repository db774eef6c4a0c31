"""Without a prebuilt wheel the op is compiled on the node itself, against the torch that is there."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Pair
from tests.e2e.modified_inventory import varied

pytestmark = pytest.mark.slow
OPS = "/opt/anaconda3/envs/dis/lib/python3.11/site-packages/deepspeed/ops"


def test_op_is_compiled_on_the_node(converged: Pair, tmp_path: Path) -> None:
    """For the node's own GPUs, though the node has none that torch could ask."""
    # Nobody has compiled this op for the lab's mirror.
    other = varied(tmp_path, "deepspeed", build_ops=("fused_lamb",))
    built = converged.converge("--limit", "node2", inventory=other)
    assert built.rc == 0, built.out + built.err
    listed = converged.on("node2", f"/usr/local/cuda/bin/cuobjdump --list-elf {OPS}/lamb/fused_lamb_op*.so")
    left = converged.on("node2", f"ls {OPS}/adam/fused_adam_op*.so")
    again = converged.plan("--limit", "node2", inventory=other)
    back = converged.converge("--limit", "node2")

    assert (True, True, {}) == ("sm_70" in listed.out, left.rc != 0, again), listed.out + listed.err
    assert (0, {}) == (back.rc, converged.plan())
