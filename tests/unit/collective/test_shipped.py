"""What is sent to a node must run there: Python 3.8, and nothing but the standard library, torch and DeepSpeed."""

import ast
import io
import sys
import zipfile
from pathlib import Path

import pytest

import trueup.collective
from trueup.collective.bundle import PARTS, packed

FOLDER = Path(trueup.collective.__file__).parent
SHIPPED = [*PARTS, "wire"]


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
    names |= {str(node.module) for node in froms if node.module != "trueup.collective"}
    names |= {
        f"{node.module}.{alias.name}" for node in froms if node.module == "trueup.collective" for alias in node.names
    }
    own = {f"trueup.collective.{each}" for each in PARTS}

    assert set() == {n for n in names - own if n.split(".")[0] not in {*sys.stdlib_module_names, "torch", "deepspeed"}}


def test_zip_holds_every_part_and_runs_one_rank() -> None:
    """Python runs a zip by its __main__."""
    names = zipfile.ZipFile(io.BytesIO(packed())).namelist()

    assert {f"trueup/collective/{part}.py" for part in PARTS} | {"__main__.py"} <= set(names)
