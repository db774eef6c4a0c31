"""Cache facts that many operations or nodes need, because pyinfra keeps none.

What runs between two operations may change an answer; until the first one is executed nothing runs.
"""

from collections.abc import Hashable, Mapping
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from pyinfra.api.facts import FactBase
from pyinfra.api.host import Host
from pyinfra.context import ctx_host, ctx_state

T = TypeVar("T")
_KNOWN: WeakKeyDictionary[Host, dict[Hashable, object]] = WeakKeyDictionary()


def cached_fact(kind: type[FactBase[T]], **arguments: str) -> T:
    """Return this host's fact: cached while planning, read anew while executing."""
    host: Host = ctx_host.get()  # type: ignore[no-untyped-call]  # pyinfra's
    if ctx_state.get().is_executing:  # type: ignore[no-untyped-call]  # the same
        return host.get_fact(kind, **arguments)
    return cached_fact_of(host, kind, **arguments)


def cached_fact_of(host: Host, kind: type[FactBase[T]], **arguments: str) -> T:
    """Return a host's fact, read once in each stage of pyinfra's run."""
    known, key = _KNOWN.setdefault(host, {}), _key(kind, arguments)
    if key not in known:
        known[key] = host.get_fact(kind, **arguments)
    actual: T = known[key]  # type: ignore[assignment]  # what this very kind gave
    return actual


def is_known(host: Host, kind: type[FactBase[Any]], **arguments: str) -> bool:
    """Tell whether the fact is cached."""
    return _key(kind, arguments) in _KNOWN.get(host, {})


def _key(kind: type[FactBase[Any]], arguments: Mapping[str, str]) -> Hashable:
    stage = ctx_state.get().current_stage  # type: ignore[no-untyped-call]  # pyinfra's
    return (stage, kind, *sorted(arguments.items()))
