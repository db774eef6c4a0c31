"""What is looked for in a wheel before it is served."""

import stat
import zipfile
from pathlib import Path

import pytest

from lab.deepspeed.build import look_into
from lab.errors import LabError


@pytest.fixture
def cuda(tmp_path: Path) -> Path:
    """A cuobjdump that prints what the op's own bytes say."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/cuobjdump"
    program.write_text('#!/bin/sh\ncat "$2"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def wheel(folder: Path, **ops: str) -> Path:
    """A wheel that holds these ops with that listing."""
    path = folder / "deepspeed.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for op, listing in ops.items():
            archive.writestr(f"deepspeed/ops/{op}_op.so", listing)
    return path


def test_op_of_the_architecture_passes(tmp_path: Path, cuda: Path) -> None:
    """One piece of device code for it."""
    made = wheel(tmp_path, fused_adam="ELF file    1: a.sm_80.cubin\n")

    assert look_into(made, "8.0", ("fused_adam",), cuda) is None  # type: ignore[func-returns-value]  # it raises where it is wrong


@pytest.mark.parametrize(
    ("ops", "actual"),
    [
        ({"fused_adam": "ELF file    1: a.sm_70.cubin\n"}, "sm_70"),
        ({"fused_adam": ""}, "no device code"),
        ({"fused_adam": "ELF file    1: a.sm_70.cubin\nELF file    2: a.sm_80.cubin\n"}, "sm_70, sm_80"),
        ({}, "none"),
    ],
)
def test_any_other_is_refused(tmp_path: Path, cuda: Path, ops: dict[str, str], actual: str) -> None:
    """Another architecture, the CPU's op of the same name, two architectures, no op at all."""
    with pytest.raises(LabError) as raised:
        look_into(wheel(tmp_path, **ops), "8.0", ("fused_adam",), cuda)

    assert actual == raised.value.actual
