"""COMPONENTS: one list, which nothing else contradicts."""

import ast
from pathlib import Path

from tests.e2e.robustness.interruptions import OPERATIONS
from trueup.declaration import COMPONENTS, Profile

ROOT = Path(__file__).parents[3]


def test_site_converges_them_in_this_order() -> None:
    """A component may begin before another and end after it; its last step counts for its place."""
    body = ast.walk(ast.parse((ROOT / "deploy/site.py").read_text(encoding="utf-8")))
    calls = [node.func for node in body if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    applied = [
        call.value.id
        for call in sorted(calls, key=lambda call: call.lineno)
        if call.attr == "apply" and isinstance(call.value, ast.Name)
    ]

    assert applied == list(COMPONENTS)


def test_each_has_a_record_in_the_profile() -> None:
    """A component without a record cannot be declared."""
    assert set(COMPONENTS) <= set(Profile.model_fields)


def test_converge_is_interrupted_in_each() -> None:
    """The interrupted chains cover every component."""
    assert set(COMPONENTS) <= set(OPERATIONS)
