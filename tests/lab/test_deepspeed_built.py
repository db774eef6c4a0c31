"""Without a prebuilt wheel the op is compiled on the node itself, against the torch that is there."""

from pathlib import Path

import pytest

from tests.lab.conftest import Pair

pytestmark = pytest.mark.slow
OPS = "/opt/anaconda3/envs/dis/lib/python3.11/site-packages/deepspeed/ops"
# Nobody has compiled this op for the lab's mirror.
PROFILES = """
from trueup.spec.shipped import LAB as SHIPPED

LAB = SHIPPED.model_copy(update={"deepspeed": SHIPPED.deepspeed.model_copy(update={"build_ops": ("fused_lamb",)})})
"""


def test_op_is_compiled_on_the_node(converged: Pair, tmp_path: Path) -> None:
    """For the node's own GPUs, though the node has none that torch could ask."""
    (tmp_path / "profiles.py").write_text(PROFILES)
    other = ("--limit", "node2", "--data", f"profiles={tmp_path}/profiles.py")
    built = converged.converge(*other)
    assert built.rc == 0, built.out + built.err
    listed = converged.on("node2", f"/usr/local/cuda/bin/cuobjdump --list-elf {OPS}/lamb/fused_lamb_op*.so")
    left = converged.on("node2", f"ls {OPS}/adam/fused_adam_op*.so")
    again = converged.plan(*other)
    back = converged.converge("--limit", "node2")

    assert (True, True, {}) == ("sm_70" in listed.out, left.rc != 0, again), listed.out + listed.err
    assert (0, {}) == (back.rc, converged.plan())
