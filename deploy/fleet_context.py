"""Read the other nodes of the fleet, their facts, and whether they fit together."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from pyinfra.api.exceptions import PyinfraError
from pyinfra.api.facts import FactBase
from pyinfra.api.host import HostData
from pyinfra.context import ctx_host, host, inventory, state

from deploy.fact_cache import cached_fact_of, is_known
from deploy.facts.system import OsRelease
from trueup.compat import distro_name, refuse_if_impossible
from trueup.declaration import Fleet, Node, Refusal, node_from_data, profiles_of
from trueup.lockfile import LockError

T = TypeVar("T")

_nodes: dict[str, Node] = {}


def current_node() -> Node:
    """Return the record of the host that pyinfra works on."""
    return _node(host.name, host.data)


def active_nodes() -> dict[str, Node]:
    """Return every node that is not in maintenance, by name."""
    nodes = (_node(entry.name, entry.data) for entry in inventory)
    return {node.name: node for node in nodes if node.maintenance is None}


def pyinfra_loop(items: Iterable[T]) -> Iterator[T]:
    """Loop in deploy code: pyinfra would take every turn for the same operation."""
    yield from host.loop(items)  # type: ignore[no-untyped-call]  # pyinfra leaves it untyped


def _node(name: str, data: HostData) -> Node:
    # Every node asks for every other: read once, a fleet of a thousand is a thousand readings, not a million.
    if name not in _nodes:
        with refusals_as_pyinfra_errors():
            _nodes[name] = node_from_data(name, data.dict())  # type: ignore[no-untyped-call]  # pyinfra leaves it untyped
    return _nodes[name]


@cache
def reject_incompatible_fleet() -> None:
    """End the run before its first operation where the stack cannot work, with every reason."""
    nodes = active_nodes()
    releases = on_every(sorted(nodes), OsRelease)
    distros = {name: distro_name(entry.get("ID", ""), entry.get("VERSION_ID", "")) for name, entry in releases.items()}
    with refusals_as_pyinfra_errors():
        _refuse_others(nodes, distros)
        # The node's own os-release counts where the inventory declares no distribution.
        fleet = Fleet(nodes=tuple(node.model_copy(update={"distro": distros[name]}) for name, node in nodes.items()))
        refuse_if_impossible(fleet, profiles_of(fleet))


def _refuse_others(nodes: dict[str, Node], distros: dict[str, str]) -> None:
    """Refuse nodes whose distribution is not the declared one."""
    others = [
        f"{name}.distro: wanted {node.distro}, as the inventory says, the node says {distros[name]}; correct the "
        "inventory, or look at the node"
        for name, node in nodes.items()
        if node.distro not in (None, distros[name])
    ]
    if others:
        raise Refusal("the fleet is not as declared", others)


@contextmanager
def refusals_as_pyinfra_errors() -> Iterator[None]:
    """End the run with a refusal's reasons instead of a traceback."""
    try:
        yield
    except (Refusal, LockError) as error:
        raise PyinfraError(str(error)) from error


def on_every(names: list[str], fact: type[FactBase[Any]], **kwargs: Any) -> dict[str, Any]:
    """Return the fact of each named host, read once per host and stage."""
    actual: dict[str, Any] = {}
    for name in names:
        other = inventory.get_host(name)
        if other in state.failed_hosts and not is_known(other, fact, **kwargs):
            raise PyinfraError(
                f"{name}: not reached. Wanted every node of the fleet, because the others pin its keys; mark it "
                f'"maintenance": "why, until when" in the inventory, or make it answer.'
            )
        with ctx_host.use(other):
            actual[name] = cached_fact_of(other, fact, **kwargs)
    return actual
