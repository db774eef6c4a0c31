"""NVIDIA's names: programs on nodes cannot import them, and say the same."""

import ast
from pathlib import Path

import pytest

from trueup.platforms import CUDA_LIBRARY

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("program", ["deploy/node/foreign_files.py", "trueup/env/node/torch_report.py"])
def test_a_program_for_nodes_has_the_same_pattern(program: str) -> None:
    """What converge moves aside and what a check names are the same libraries."""
    nodes = ast.walk(ast.parse((ROOT / program).read_text(encoding="utf-8")))
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]

    assert CUDA_LIBRARY in texts
