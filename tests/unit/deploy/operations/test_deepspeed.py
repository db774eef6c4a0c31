"""When DeepSpeed is installed anew, and with what it is compiled."""

from dataclasses import replace

import pytest

from deploy.facts.deepspeed import Compiled
from deploy.facts.wheels import Wheel
from deploy.operations.deepspeed import differences, flags
from trueup.declaration import LAB
from trueup.platforms import OWN_COMPILER

GOOD = Compiled(
    version="0.14.5",
    ops=frozenset({"fused_adam"}),
    torch="2.0",
    cuda="11.7",
    accelerator="cuda",
    code={"fused_adam": frozenset({"sm_80"})},
)
WHOLE = Wheel("0.14.5", "uv", None)


def test_as_declared() -> None:
    """A converged node has nothing to install."""
    assert [] == differences(GOOD, WHOLE, LAB.deepspeed, LAB.env, "sm_80")


@pytest.mark.parametrize(
    ("actual", "what"),
    [
        (replace(GOOD, version="0.14.0"), "version"),
        (replace(GOOD, torch="2.1"), "torch it was compiled with"),
        (replace(GOOD, cuda="12.1"), "CUDA it was compiled with"),
        (replace(GOOD, accelerator="cpu"), "accelerator it was compiled for"),
        (replace(GOOD, ops=frozenset()), "ops"),
        (replace(GOOD, ops=GOOD.ops | {"cpu_adam"}), "ops"),
        (replace(GOOD, code={"fused_adam": frozenset({"sm_70"})}), "code in fused_adam"),
        (replace(GOOD, code={"fused_adam": frozenset()}), "code in fused_adam"),
        (replace(GOOD, code={"fused_adam": frozenset({"sm_70", "sm_80"})}), "code in fused_adam"),
    ],
)
def test_each_difference_is_named(actual: Compiled, what: str) -> None:
    """A CPU op of the same name, another torch, another GPU: ds_report says OKAY to all of them."""
    named = differences(actual, WHOLE, LAB.deepspeed, LAB.env, "sm_80")

    assert [what] == [line.split(":")[0] for line in named]


def test_damaged_file_is_a_difference() -> None:
    """A file that was edited in place."""
    damaged = differences(GOOD, Wheel("0.14.5", "uv", "deepspeed/__init__.py"), LAB.deepspeed, LAB.env, "sm_80")

    assert ["damaged file: wanted None, found deepspeed/__init__.py"] == damaged


def test_nothing_installed_differs_in_all() -> None:
    """The bare node."""
    assert len(differences(Compiled(), None, LAB.deepspeed, LAB.env, "sm_80")) >= 5


def test_accelerator_is_said_aloud() -> None:
    """A node whose GPU is not seen would build the CPU's op."""
    actual = flags(LAB.deepspeed, "8.0", OWN_COMPILER)

    assert ("cuda", "8.0", "1") == (
        actual["DS_ACCELERATOR"],
        actual["TORCH_CUDA_ARCH_LIST"],
        actual["DS_BUILD_FUSED_ADAM"],
    )
