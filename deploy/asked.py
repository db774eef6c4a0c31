"""Facts that many operations want, asked of a node once while the plan is made.

pyinfra asks anew each time, because what runs between two operations may change the answer; until the first one is
executed nothing runs.
"""

from collections.abc import Hashable
from typing import TypeVar
from weakref import WeakKeyDictionary

from pyinfra.api.facts import FactBase
from pyinfra.api.host import Host
from pyinfra.context import ctx_host, ctx_state

T = TypeVar("T")
_KNOWN: WeakKeyDictionary[Host, dict[Hashable, object]] = WeakKeyDictionary()


def asked(kind: type[FactBase[T]], **arguments: str) -> T:
    """This host's fact, as host.get_fact() gives it; raises the same."""
    host: Host = ctx_host.get()  # type: ignore[no-untyped-call]  # pyinfra's
    if ctx_state.get().is_executing:  # type: ignore[no-untyped-call]  # the same
        return host.get_fact(kind, **arguments)
    known = _KNOWN.setdefault(host, {})
    key = (kind, *sorted(arguments.items()))
    if key not in known:
        known[key] = host.get_fact(kind, **arguments)
    found: T = known[key]  # type: ignore[assignment]  # what this very kind gave
    return found
