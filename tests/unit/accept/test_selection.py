"""Names: which node, component and check an id of pytest's means."""

import pytest

from trueup.accept.selection import check_of, component_of, is_acceptance, node_of

NAMES = ["a", "a-1", "node1", "node10"]


@pytest.mark.parametrize(
    ("nodeid", "node", "component", "check"),
    [
        ("tests/node/test_host.py::test_clock[node1]", "node1", "host", "host/clock"),
        ("tests/node/test_host.py::test_package[node1,libXi]", "node1", "host", "host/package[libXi]"),
        ("tests/node/test_host.py::test_package[node10,gcc-c++]", "node10", "host", "host/package[gcc-c++]"),
        ("tests/node/test_host.py::test_p[a,1-x]", "a", "host", "host/p[1-x]"),
        ("tests/node/test_host.py::test_p[a-1,x]", "a-1", "host", "host/p[x]"),
        ("tests/node/test_host.py::test_p[a,x,y]", "a", "host", "host/p[x,y]"),
        ("tests/node/test_host.py::test_p[a,x::y[0]]", "a", "host", "host/p[x::y[0]]"),
        ("tests/node/test_host.py::TestGroup::test_p[a]", "a", "host", "host/p"),
        ("tests/node/test_host.py::test_p", "fleet", "host", "host/p"),
        ("tests/node/test_host.py::test_p[stranger]", "fleet", "host", "host/p[stranger]"),
        ("tests/fleet/test_access.py::test_pair[a-node1]", "fleet", "access", "access/pair[a-node1]"),
        ("tests/fleet/test_access.py::test_one[a]", "fleet", "access", "access/one[a]"),
        ("tests/fleet/test_access.py::test_one[fleet-1]", "fleet", "access", "access/one[fleet-1]"),
    ],
)
def test_id_is_taken_apart(nodeid: str, node: str, component: str, check: str) -> None:
    """Names may contain dashes and begin like one another; values may contain anything."""
    found = node_of(nodeid, NAMES)

    assert (node, component, check) == (found, component_of(nodeid), check_of(nodeid, found))


@pytest.mark.parametrize(
    ("nodeid", "expected"),
    [
        ("tests/node/test_host.py::test_x[a]", True),
        ("tests/fleet/test_host.py::test_x", True),
        ("tests/unit/accept/test_selection.py::test_x", False),
        ("tests/node_modules/test_host.py::test_x", False),
    ],
)
def test_only_checks_of_nodes_are_acceptance(nodeid: str, expected: bool) -> None:
    """The project's own tests keep pytest's meaning."""
    assert expected == is_acceptance(nodeid)
