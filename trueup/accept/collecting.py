"""Which checks are asked of which node, decided from the spec before anything is asked."""

import re
from pathlib import Path

import pytest

from trueup.accept.record import Answer, Outcome
from trueup.spec.inventory import Node
from trueup.spec.load import Fleet, Refusal, load_fleet, profiles_of
from trueup.spec.model import Profile

FLEET = "tests/fleet/"
PLACES = ("tests/node/", FLEET)
_FLEET = pytest.StashKey[tuple[Fleet, dict[str, Profile]]]()


def is_acceptance(nodeid: str) -> bool:
    """Whether a test looks at nodes; the project's own tests do not."""
    return nodeid.startswith(PLACES)


def declared(config: pytest.Config) -> tuple[Fleet, dict[str, Profile]]:
    """The fleet and each node's profile; a refused declaration ends the run with status 2."""
    if _FLEET not in config.stash:
        try:
            fleet = load_fleet(Path(config.getoption("--inventory")))
            config.stash[_FLEET] = (fleet, profiles_of(fleet))
        except Refusal as refusal:
            pytest.exit(str(refusal), returncode=2)
    return config.stash[_FLEET]


def chosen(config: pytest.Config) -> tuple[Node, ...]:
    """The nodes that are looked at: not out, and asked for by --node if that is given."""
    fleet, _ = declared(config)
    only = config.getoption("--node")
    unknown = sorted(set(only) - {node.name for node in fleet.nodes})
    if unknown:
        known = ", ".join(node.name for node in fleet.nodes)
        pytest.exit(f"--node {', '.join(unknown)}: no such node; the inventory has {known}", returncode=2)
    return tuple(node for node in fleet.active if not only or node.name in only)


def room_of(nodeid: str) -> str:
    """tests/node/test_access.py::test_x[node1] -> access."""
    return Path(nodeid.split("::", 1)[0]).stem.removeprefix("test_")


def node_of(nodeid: str, names: list[str]) -> str:
    """The node in a test's id, longest name first because names may contain dashes; else "fleet"."""
    if nodeid.startswith(FLEET):
        return "fleet"
    parameters = nodeid.partition("[")[2].removesuffix("]")
    for name in sorted(names, key=len, reverse=True):
        if parameters == name or parameters.startswith(f"{name}-"):
            return name
    return "fleet"


def check_of(nodeid: str, node: str) -> str:
    """tests/node/test_host.py::test_package[node1-libXi] -> host/package[libXi]."""
    name, _, parameters = nodeid.rpartition("::")[2].removeprefix("test_").partition("[")
    rest = re.sub(rf"^{re.escape(node)}-?", "", parameters.removesuffix("]"))
    return f"{room_of(nodeid)}/{name}" + (f"[{rest}]" if rest else "")


def why_of(item: pytest.Item) -> str:
    """The first paragraph of a check's docstring: why the state matters."""
    doc = getattr(getattr(item, "function", None), "__doc__", None) or ""
    return " ".join(doc.strip().split("\n\n", 1)[0].split())


def sort_out(config: pytest.Config, items: list[pytest.Item]) -> tuple[list[pytest.Item], list[Answer]]:
    """The items to run, and an answer for each check that does not apply to its node."""
    fleet, profiles = declared(config)
    names = [node.name for node in fleet.nodes]
    rooms = config.getoption("--room")
    kept: list[pytest.Item] = []
    left: list[Answer] = []
    for item in items:
        name = node_of(item.nodeid, names)
        if rooms and room_of(item.nodeid) not in rooms:
            continue
        reason = _does_not_apply(item, fleet, profiles, name)
        if reason is None:
            kept.append(item)
        else:
            left.append(
                Answer(
                    node=name,
                    room=room_of(item.nodeid),
                    check=check_of(item.nodeid, name),
                    outcome=Outcome.NOT_APPLICABLE,
                    why=reason,
                )
            )
    return kept, left


def _does_not_apply(item: pytest.Item, fleet: Fleet, profiles: dict[str, Profile], name: str) -> str | None:
    for mark in item.iter_markers("applies"):
        nodes = fleet.active if name == "fleet" else (fleet.node(name),)
        if not all(mark.kwargs["when"](node, profiles[node.name]) for node in nodes):
            return str(mark.kwargs["why"])
    return None
