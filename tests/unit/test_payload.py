"""What is sent to a node must run there: Python 3.8, and nothing but the standard library, torch and DeepSpeed."""

import ast
import io
import sys
import zipfile
from pathlib import Path

import pytest

import trueup.collective
from trueup.payload import PARTS, packed

FOLDER = Path(trueup.collective.__file__).parent / "node"
SHIPPED = [*PARTS, "tcp_throughput"]


@pytest.mark.parametrize("part", SHIPPED)
def test_part_is_python_38(part: str) -> None:
    """The oldest Python that the supported wheels of torch 2.0.1 run on."""
    assert ast.parse((FOLDER / f"{part}.py").read_text(), feature_version=(3, 8))


@pytest.mark.parametrize("part", SHIPPED)
def test_part_imports_nothing_that_a_node_lacks(part: str) -> None:
    """Its own parts, the standard library, torch and DeepSpeed."""
    tree = ast.parse((FOLDER / f"{part}.py").read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names |= {f"{node.module}.{alias.name}" for node in froms for alias in node.names}

    allowed = {*sys.stdlib_module_names, "torch", "deepspeed"}
    own = tuple(f"trueup.collective.node.{each}" for each in PARTS)

    assert set() == {name for name in names if name.split(".")[0] not in allowed and not name.startswith(own)}


def test_zip_holds_every_part_and_runs_one_rank() -> None:
    """Python runs a zip by its __main__."""
    names = zipfile.ZipFile(io.BytesIO(packed())).namelist()

    assert {f"trueup/collective/node/{part}.py" for part in PARTS} | {"__main__.py"} <= set(names)
