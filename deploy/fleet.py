"""Who else is in the fleet, and what a fact says on each of them."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pyinfra.api.facts import FactBase
from pyinfra.api.host import HostData
from pyinfra.context import ctx_host, host, inventory, state

from trueup.spec.inventory import Node
from trueup.spec.load import node_from_data

T = TypeVar("T")

_answers: dict[tuple[Any, ...], Any] = {}
_nodes: dict[str, Node] = {}


def this_node() -> Node:
    """The record of the host that is being prepared."""
    return _node(host.name, host.data)


def active_nodes() -> dict[str, Node]:
    """Every node that is not marked out, by name."""
    nodes = (_node(each.name, each.data) for each in inventory)
    return {node.name: node for node in nodes if node.out is None}


def in_turn(items: Iterable[T]) -> Iterator[T]:
    """A loop in deploy code; without it every turn would be the same operation to pyinfra."""
    yield from host.loop(items)  # type: ignore[no-untyped-call]  # pyinfra leaves it untyped


def _node(name: str, data: HostData) -> Node:
    # Every node asks for every other: read once, a fleet of a thousand is a thousand readings, not a million.
    if name not in _nodes:
        _nodes[name] = node_from_data(name, data.dict())  # type: ignore[no-untyped-call]  # pyinfra leaves it untyped
    return _nodes[name]


def on_every(names: list[str], fact: type[FactBase[Any]], **kwargs: Any) -> dict[str, Any]:
    """The fact on each named host: asked once per host and stage, because pyinfra caches no fact.

    An answer from the prepare stage is never used while executing: keys appear in between.
    """
    found: dict[str, Any] = {}
    for name in names:
        key = (state.current_stage, name, fact, tuple(sorted(kwargs.items())))
        if key not in _answers:
            other = inventory.get_host(name)
            with ctx_host.use(other):
                _answers[key] = other.get_fact(fact, **kwargs)
        found[name] = _answers[key]
    return found
