"""One look a node: what its checks will ask is found by running them without it, and asked in one go.

A check that asks only through `host` is called before its time, with a host that notes each question and stops there.
The questions of all checks, and of all nodes of a scope, travel together; then the checks go on to their next
question, until none is left. What has no answer ahead (a question that may change something, an odd exit status) a
check asks by itself, when it is run. No answer outlives the run.
"""

from collections.abc import Callable
from concurrent.futures import TimeoutError as Late
from contextlib import suppress
from functools import partial
from typing import Any, Never, TypeVar

import pytest

from trueup.accept import fixtures
from trueup.accept.connections import ShellPool
from trueup.accept.selection import declared
from trueup.declaration import Node
from trueup.remote_shell import Shell
from trueup.remote_shell.testinfra_backend import ShellBackend

F = TypeVar("F", bound=Callable[..., Any])
_EARLY: set[object] = set()


class _Begun(Exception):
    """The question is on its way."""


class _Beginning:
    """In the place of a node's shell."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def run(self, command: str, *, stdin: bytes | None = None, timeout: float | None = None) -> Never:
        """Send it, and wait for nothing."""
        self._shell.begin(command, stdin=stdin, timeout=timeout)
        raise _Begun


def early(look: F) -> F:
    """Mark a fixture, below pytest's own mark, whose whole work is one command to the node's shell."""
    _EARLY.add(look)
    return look


def begin(
    items: list[tuple[Node, pytest.Item]], shells: dict[str, Shell], given: Callable[[Node], dict[str, Any]]
) -> None:
    """Begin each node's long looks that these checks will ask for.

    given: for a node, what such a fixture may ask for beside its shell, by name.
    """
    begun: set[tuple[str, object]] = set()
    for node, item in items:
        info = getattr(item, "_fixtureinfo", None)
        for definition in (known[-1] for known in info.name2fixturedefs.values()) if info else ():
            look = definition.func
            if look in _EARLY and node.name in shells and (node.name, look) not in begun:
                begun.add((node.name, look))
                values = {**given(node), "node": node, "shell": _Beginning(shells[node.name])}
                try:
                    look(**{name: values[name] for name in definition.argnames})
                except _Begun:
                    continue


# The longest chain of questions that one check of testinfra's stock modules asks, and some.
WAVES = 12
# Of all questions of a node together; whoever was not answered is asked by itself, under its own deadline.
DEADLINE_S = 60.0
# What a check may ask for and still be called ahead; anything else would look, or do, something by itself.
_KNOWN = frozenset({"profile", "host", "note", "measure"})

Call = Callable[[], object]
_BY_HOST: set[object] = set()


def node_asked(item: pytest.Item) -> Node | None:
    """The node that a check is put to."""
    callspec = getattr(item, "callspec", None)
    found = callspec.params.get("node") if callspec else None
    return found if isinstance(found, Node) else None


def only_reads(item: pytest.Item) -> bool:
    """Whether the check is marked so (trueup.accept.marks)."""
    return item.get_closest_marker("reads") is not None


def by_host(fixture: F) -> F:
    """Mark a fixture, below pytest's own mark, that asks through `host` alone: it can be called ahead as well."""
    _BY_HOST.add(fixture)
    return fixture


def rehearse(config: pytest.Config, reach: ShellPool, items: list[pytest.Item]) -> None:
    """Gather ahead what these checks will ask of their nodes; a node that does not answer is left to its checks."""
    asked = [(node, item) for item in items if (node := node_asked(item))]
    nodes = {node.name: node for node, _ in asked}
    up = reach.open(*nodes.values())
    hosts = {node.name: reach.host(node) for node in up}
    _ask(
        [
            (backend, _call(config, item, node, hosts[node.name]), only_reads(item))
            for node, item in asked
            if node.name in hosts and _is_known(item) and isinstance(backend := hosts[node.name].backend, ShellBackend)
        ]
    )

    def given(node: Node) -> dict[str, object]:
        return {"profile": declared(config)[1][node.name], "hashed_bytes": fixtures.hashed_in(config)}

    # Last, for a shell answers in turn: what takes a second on a node must not keep its short answers waiting.
    begin(asked, reach.to(*up), given)


def _ask(waiting: list[tuple[ShellBackend, Call, bool]]) -> None:
    for _ in range(WAVES):
        waiting = [each for each in waiting if each[0].rehearse(each[1], reads=each[2])]
        if not waiting:
            return
        backends = {id(backend): backend for backend, *_ in waiting}.values()
        sent = [(backend, future) for backend in backends for future in backend.ask_ahead(DEADLINE_S)]
        for backend, future in sent:
            with suppress(Late):
                backend.learn(future.result(DEADLINE_S + 5))


def _is_known(item: pytest.Item) -> bool:
    info = getattr(item, "_fixtureinfo", None)
    if info is None or "host" not in info.argnames:
        return False
    others = set(info.argnames) - set(item.callspec.params)  # type: ignore[attr-defined]  # node_asked() saw it
    # pytest's own `request` is no fixture that anybody defined.
    return all(name in info.name2fixturedefs and _is_ours(name, info.name2fixturedefs[name][-1]) for name in others)


def _is_ours(name: str, fixture: pytest.FixtureDef[object]) -> bool:
    if fixture.func in _BY_HOST:
        return set(fixture.argnames) <= _KNOWN
    # A file of checks may have a `host` of its own, and testinfra has one, too.
    return name in _KNOWN and fixture.func.__module__ == fixtures.__name__


def _call(config: pytest.Config, item: pytest.Item, node: Node, host: object) -> Call:
    given = {
        "host": host,
        "profile": declared(config)[1][node.name],
        "note": lambda _text: None,
        "measure": lambda _name, _value: None,
        **item.callspec.params,  # type: ignore[attr-defined]  # node_asked() saw it
    }
    info = item._fixtureinfo  # type: ignore[attr-defined]  # pytest has no public name for it
    made = {
        name: partial(fixture.func, **{each: given[each] for each in fixture.argnames})
        for name in info.argnames
        if name not in given and (fixture := info.name2fixturedefs[name][-1])
    }

    def call() -> object:
        values = {name: made[name]() if name in made else given[name] for name in info.argnames}
        return item.obj(**values)  # type: ignore[attr-defined]  # a check is a function

    return call
