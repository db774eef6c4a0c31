"""Group nodes that differ only in name, so each class is judged once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from trueup.compat.stack import NodeFacts
from trueup.compat.tables import lookup
from trueup.compat.tables.lookup import MissingRow
from trueup.declaration import Refusal

KEEP_DRIVER = "--keep-driver"


@dataclass(frozen=True)
class NodeClass:
    """Nodes that differ in nothing but their names."""

    facts: NodeFacts
    names: tuple[str, ...]

    def __str__(self) -> str:
        shown = ", ".join(self.names[:3]) + (f" and {len(self.names) - 3} more" if len(self.names) > 3 else "")
        return f"{shown} ({self.facts.gpu} on {self.facts.distro})"


def node_classes_of(nodes: Iterable[NodeFacts]) -> tuple[NodeClass, ...]:
    """The nodes by kind, in the order of their first."""
    found: dict[NodeFacts, list[str]] = {}
    for node in nodes:
        found.setdefault(replace(node, name=""), []).append(node.name)
    return tuple(NodeClass(replace(facts, name=_called(names)), tuple(names)) for facts, names in found.items())


def _called(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} alike"


def refuse_unknown(kinds: Sequence[NodeClass], keep_driver: bool) -> None:
    """Raises Refusal for every kind of which too little is known to search for it."""
    problems = ["cannot judge an empty fleet: declare a node that is not out"] if not kinds else []
    for kind in kinds:
        problems += [f"{', '.join(kind.names[:3])}: cannot judge: {gap}" for gap in _gaps(kind.facts, keep_driver)]
    if problems:
        raise Refusal("the fleet cannot be judged", problems)


def _gaps(facts: NodeFacts, keep_driver: bool) -> list[str]:
    found = []
    try:
        lookup.gpu(facts.gpu)
    except MissingRow as missing:
        found.append(f"{missing}; see docs/add-a-release.md")
    if facts.distro is None:
        found.append('the distribution is neither declared nor probed; set "distro" in the inventory')
    else:
        try:
            lookup.distro(facts.distro)
        except MissingRow as missing:
            found.append(f"{missing}; see docs/add-a-release.md")
    if keep_driver and facts.driver is None:
        found.append(f'{KEEP_DRIVER}: no driver is declared or was probed; set "driver" in the inventory')
    return found
