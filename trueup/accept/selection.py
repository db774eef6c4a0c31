"""Select each node's checks from the declaration before any probe."""

from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from trueup.accept.marks import tier_of
from trueup.accept.pytest_compat import ParameterSet
from trueup.accept.tiers import SkippedByTier, Tier
from trueup.declaration import Fleet, Node, Profile, Refusal, load_fleet, profiles_of
from trueup.outcome import CheckResult, Outcome

FLEET = "tests/fleet/"
PLACES = ("tests/node/", FLEET)
_FLEET = pytest.StashKey[tuple[Fleet, dict[str, Profile]]]()
_CHOSEN = pytest.StashKey[tuple[Node, ...]]()
_NAMES = pytest.StashKey[Mapping[str, int]]()
_ONLY = pytest.StashKey[Node | None]()


def is_acceptance(nodeid: str) -> bool:
    """Return whether a test checks nodes; the project's own tests do not."""
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


def names(config: pytest.Config) -> Mapping[str, int]:
    """All names of the fleet, and which in order each is."""
    if _NAMES not in config.stash:
        config.stash[_NAMES] = {node.name: at for at, node in enumerate(declared(config)[0].nodes)}
    return config.stash[_NAMES]


def chosen(config: pytest.Config) -> tuple[Node, ...]:
    """Return the nodes not in maintenance, limited to --node if given."""
    if _CHOSEN not in config.stash:
        config.stash[_CHOSEN] = _chosen(config)
    return config.stash[_CHOSEN]


def _chosen(config: pytest.Config) -> tuple[Node, ...]:
    fleet, _ = declared(config)
    only = config.getoption("--node")
    unknown = sorted(set(only) - {node.name for node in fleet.nodes})
    if unknown:
        known = ", ".join(node.name for node in fleet.nodes)
        pytest.exit(f"--node {', '.join(unknown)}: no such node; the inventory has {known}", returncode=2)
    return tuple(node for node in fleet.active if not only or node.name in only)


@contextmanager
def only_for(config: pytest.Config, node: Node | None) -> Iterator[None]:
    """Meanwhile checks are generated for this node alone; for None, as ever."""
    config.stash[_ONLY] = node
    try:
        yield
    finally:
        config.stash[_ONLY] = None


def nodes_under_test(config: pytest.Config) -> tuple[Node, ...]:
    """The nodes that checks are now generated for."""
    only = config.stash.get(_ONLY, None)
    return (only,) if only else chosen(config)


def asks_a_node(item: pytest.Item) -> bool:
    """Whether the check is put to single nodes."""
    return "node" in getattr(item, "fixturenames", ())


def covers_checks(config: pytest.Config) -> bool:
    """Return whether the arguments of this run cover a folder of checks."""
    places = [config.rootpath / place for place in PLACES]
    asked = [config.invocation_params.dir / argument.partition("::")[0] for argument in config.args]
    return any(one.is_relative_to(place) or place.is_relative_to(one) for one in asked for place in places)


def refuse_wrong_options(config: pytest.Config) -> None:
    """End a run that will look at nodes, with status 2 and the reason, where its declaration or options are wrong."""
    if not covers_checks(config):
        return
    places = [config.rootpath / place for place in PLACES]
    if not chosen(config):
        pytest.exit("no node to look at: every node that was asked for is out", returncode=2)
    components = {component_of(file.name) for place in places for file in place.glob("test_*.py")}
    unknown = sorted(set(config.getoption("--component")) - components)
    if unknown:
        known = ", ".join(sorted(components))
        pytest.exit(f"--component {', '.join(unknown)}: no such component; the checks are of {known}", returncode=2)


def nothing(*node: Node) -> ParameterSet:
    """In place of a node's, or the fleet's, empty list of values."""
    return pytest.param(*node, None, id=",".join([*(each.name for each in node), "nothing"]), marks=pytest.mark.nothing)


def component_of(nodeid: str) -> str:
    """tests/node/test_access.py::test_x[node1] -> access."""
    return Path(nodeid.split("::", 1)[0]).stem.removeprefix("test_")


def node_of(nodeid: str, names: Container[str]) -> str:
    """The node in a test's id, which ends at a comma because names may contain dashes; else "fleet"."""
    name = nodeid.partition("[")[2].removesuffix("]").partition(",")[0]
    return name if name in names and not nodeid.startswith(FLEET) else "fleet"


def check_of(nodeid: str, node: str) -> str:
    """tests/node/test_host.py::test_package[node1,libXi] -> host/package[libXi]."""
    place, _, parameters = nodeid.partition("[")
    name = place.rpartition("::")[2].removeprefix("test_")
    rest = parameters.removesuffix("]")
    if not nodeid.startswith(FLEET):
        rest = rest.removeprefix(node).removeprefix(",")
    return f"{component_of(nodeid)}/{name}" + (f"[{rest}]" if rest else "")


def why_of(item: pytest.Item) -> str:
    """The first paragraph of a check's docstring: why the state matters."""
    doc = getattr(getattr(item, "function", None), "__doc__", None) or ""
    return " ".join(doc.strip().split("\n\n", 1)[0].split())


def leave_deeper(config: pytest.Config, items: list[pytest.Item]) -> tuple[list[pytest.Item], list[SkippedByTier]]:
    """The items of the tier that is asked for, and what is left for a deeper one."""
    asked = Tier(config.getoption("--tier"))
    deeper = [item for item in items if not asked.includes(tier_of(item))]
    left = {}
    for item in deeper:
        node = node_of(item.nodeid, names(config))
        check, component = check_of(item.nodeid, node), component_of(item.nodeid)
        left[node, check] = SkippedByTier(
            node=node, component=component, check=check, why=why_of(item), tier=tier_of(item)
        )
    here = set(deeper)
    return [item for item in items if item not in here], list(left.values())


def sort_out(config: pytest.Config, items: list[pytest.Item]) -> tuple[list[pytest.Item], list[CheckResult]]:
    """The items to run, and an answer for each check that does not apply to its node."""
    fleet, profiles = declared(config)
    components = config.getoption("--component")
    kept: list[pytest.Item] = []
    left: list[CheckResult] = []
    for item in items:
        name = node_of(item.nodeid, names(config))
        if components and component_of(item.nodeid) not in components:
            continue
        if item.get_closest_marker("nothing"):
            left.append(_left(item.nodeid.partition("[")[0], name, "nothing is declared that it asks about"))
            continue
        reason = _does_not_apply(item, fleet, profiles, name)
        if reason is None:
            kept.append(item)
        else:
            left.append(_left(item.nodeid, name, reason))
    return kept, left


def _left(nodeid: str, node: str, why: str) -> CheckResult:
    check = check_of(nodeid, node)
    return CheckResult(node=node, component=component_of(nodeid), check=check, outcome=Outcome.NOT_APPLICABLE, why=why)


def _does_not_apply(item: pytest.Item, fleet: Fleet, profiles: dict[str, Profile], name: str) -> str | None:
    for mark in item.iter_markers("applies"):
        nodes = fleet.active if name == "fleet" else (fleet.node(name),)
        if not all(mark.kwargs["when"](node, profiles[node.name]) for node in nodes):
            return str(mark.kwargs["why"])
    return None
