"""Whom a check is asked of: every node, or every value that the spec gives."""

from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet

from trueup.accept import collecting
from trueup.spec.inventory import Node


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A check that asks for ``node`` is asked of every node."""
    if not collecting.is_acceptance(metafunc.definition.nodeid):
        return
    mark = metafunc.definition.get_closest_marker("each")
    nodes = collecting.asked(metafunc.config)
    profiles = collecting.declared(metafunc.config)[1]
    if "node" in metafunc.fixturenames:
        if mark is None:
            metafunc.parametrize("node", nodes, ids=[node.name for node in nodes], scope="session")
            return
        name, values = mark.args
        cases = [case for node in nodes for case in _cases(node, values(node, profiles[node.name]))]
        metafunc.parametrize(("node", name), cases, scope="session")
    elif mark is not None:
        name, values = mark.args
        found = list(values(nodes, profiles))
        ids = ["-".join(value) if isinstance(value, tuple) else str(value) for value in found]
        metafunc.parametrize(name, found or [collecting.nothing()], ids=ids or None, scope="session")


def _cases(node: Node, values: Iterable[object]) -> list[ParameterSet]:
    cases = [pytest.param(node, value, id=f"{node.name},{value}") for value in values]
    return cases or [collecting.nothing(node)]
