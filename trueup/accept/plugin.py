"""The pytest plugin: one worker a node, four outcomes, an exit status that means something."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from trueup.accept import selection
from trueup.accept.pytest_compat import ParameterSet
from trueup.accept.session import Acceptance
from trueup.accept.tiers import Tier
from trueup.accept.xdist import Workers
from trueup.declaration import Node


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrise a check that requests ``node`` over every node."""
    if not selection.is_acceptance(metafunc.definition.nodeid):
        return
    mark = metafunc.definition.get_closest_marker("each")
    nodes = selection.nodes_under_test(metafunc.config)
    profiles = selection.declared(metafunc.config)[1]
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
        metafunc.parametrize(name, found or [selection.nothing()], ids=ids or None, scope="session")


def _cases(node: Node, values: Iterable[object]) -> list[ParameterSet]:
    cases = [pytest.param(node, value, id=f"{node.name},{value}") for value in values]
    return cases or [selection.nothing(node)]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of acceptance."""
    group = parser.getgroup("trueup")
    group.addoption("--inventory", default="inventory.py", metavar="FILE", help="the nodes to look at")
    group.addoption("--node", action="append", default=[], metavar="NAME", help="only this node (again for more)")
    group.addoption(
        "--component", action="append", default=[], metavar="COMPONENT", help="only this component (again for more)"
    )
    tiers = [tier.value for tier in Tier]
    group.addoption(
        "--tier", default=Tier.STANDARD.value, choices=tiers, help="how deep to look; standard if not given"
    )
    above = "for more nodes than this, make one pytest item per node and component; results stay one per check"
    group.addoption("--bundle-above", type=int, default=64, metavar="N", help=above)
    singly = "send each command when its check runs, and none before (docs/prefetch.md)"
    group.addoption("--no-prefetch", dest="prefetch", action="store_false", help=singly)
    group.addoption(
        "--skipped-by-tier", default=None, metavar="FILE", help="write the checks of deeper tiers to FILE, as JSON"
    )
    group.addoption("--no-table", action="store_true", help="print no table of components and nodes")
    group.addoption("--results", default=None, metavar="FILE", help="write every result to FILE, as JSON")


# pytest finds its hooks by their names in this module.
__all__ = ["pytest_addoption", "pytest_configure", "pytest_generate_tests", "pytest_report_header"]


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say first which inventory a run of checks looks at."""
    if not selection.covers_checks(config):
        return None
    return f"trueup: checks the nodes of {Path(config.getoption('--inventory')).resolve()}"


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks and the gathering."""
    config.addinivalue_line("markers", "applies(when, why): the nodes that a check concerns, by the spec")
    config.addinivalue_line("markers", "each(name, values): asked once for each value that the spec gives")
    config.addinivalue_line("markers", "nothing: set where the spec gives a check no value to ask for")
    config.addinivalue_line("markers", "tier(name, *fixtures): how deep a run must look to ask the check")
    config.addinivalue_line("markers", "remedy(text): what to do when the check does not hold")
    acceptance = Acceptance(config)
    config.pluginmanager.register(acceptance, "trueup-acceptance")
    if config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(Workers(acceptance), "trueup-workers")
