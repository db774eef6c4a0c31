"""What DeepSpeed's own file says, read without running it."""

import pytest
from pyinfra.api.exceptions import FactProcessError

from deploy.facts.deepspeed import Compiled, DeepSpeedState

LINES = [
    "info|version='0.14.5 '",
    "info|git_hash='unknown'",
    "info|installed_ops={'async_io': False, 'fused_adam': 1}",
    "info|accelerator_name='cuda'",
    "info|torch_info={'version': '2.0', 'bf16_support': False, 'cuda_version': '11.7'}",
    "op|fused_adam|sm_80 ",
]


def test_reading() -> None:
    """As setup.py of 0.14.5 wrote it."""
    code = {"fused_adam": frozenset({"sm_80"})}

    assert Compiled("0.14.5", frozenset({"fused_adam"}), "2.0", "11.7", "cuda", code) == DeepSpeedState().process(LINES)


def test_cpu_op_has_no_code() -> None:
    """cuobjdump finds nothing in it."""
    assert frozenset() == DeepSpeedState().process([*LINES[:-1], "op|fused_adam|"]).code["fused_adam"]


def test_nothing_installed() -> None:
    """No file, no answer."""
    assert Compiled() == DeepSpeedState().process([])


@pytest.mark.parametrize("line", ["info|version=os.system('x')", "info|installed_ops={", "info|installed_ops=3"])
def test_anything_else_is_refused(line: str) -> None:
    """The file is Python; nothing of it is ever run."""
    with pytest.raises(FactProcessError):
        DeepSpeedState().process([line])
