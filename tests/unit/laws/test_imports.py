"""Laws of import: no circles, also none that a lazy import hides, and front doors."""

import ast

import pytest

from tests.unit.laws import graph, source


def test_circles_only_become_fewer() -> None:
    """Modules in a circle can be neither read nor tested one by one."""
    assert graph.circles(graph.graph()) == source.ledger("circles"), f"if there are fewer now: {source.UPDATE}"


def test_imports_behind_a_front_door_only_become_fewer() -> None:
    """What a package offers stands in its `__init__.py`; the rest may change without notice."""
    differences = list(source.changed(source.ledger("behind a front door"), graph.behind()))

    assert differences == [], f"if there are fewer now: {source.UPDATE}"


@pytest.mark.parametrize(
    "text",
    [
        "import a.b",
        "from a import b",
        "from a.b import name",
        "def f():\n    from a import b",
        "if TYPE_CHECKING:\n    from a.b import name",
        'importlib.import_module("a.b")',
    ],
)
def test_every_way_to_import_is_resolved(text: str) -> None:
    """A lazy import closes a circle as well as any."""
    assert graph.imports(ast.parse(text), {"a", "a.b"}) == {"a.b"}


def test_a_name_of_the_package_is_no_module() -> None:
    """It comes through the package's front door."""
    assert graph.imports(ast.parse("from a import name"), {"a", "a.b"}) == {"a"}


def test_circles_are_detected() -> None:
    """Each once, with all its modules; a module that only imports them is in none."""
    edges = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a", "e"}, "e": set(), "x": {"y"}, "y": {"x"}}

    assert graph.circles(edges) == [["a", "b", "c"], ["x", "y"]]
