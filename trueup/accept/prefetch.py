"""Send the commands of many checks to their nodes in one batch, before the checks run.

The checks' bodies are run against a host that stops each at its first command without a result. The commands of
all bodies travel together; then each body runs on to its next command, until none is left. A command that may not
be prefetched, and one whose result is in doubt, is sent when its check runs. Results are kept for this run only.
docs/prefetch.md says what a check must keep to.
"""

import weakref
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from functools import partial
from typing import Any, Never, TypeVar

import pytest

from trueup.accept import fixtures, pytest_compat
from trueup.accept.connections import ShellPool
from trueup.accept.pytest_compat import Fixture
from trueup.accept.selection import declared
from trueup.declaration import Node
from trueup.remote_shell import Shell, ShellBackend

F = TypeVar("F", bound=Callable[..., Any])
Body = Callable[[], object]

# The longest chain of dependent commands in testinfra's stock modules, with a margin.
MAX_BATCHES = 12
# For all commands of a batch; a check whose command got no result sends it itself, under its own deadline.
DEADLINE_S = 60.0
# The fixtures that a body may request and still be run for its commands: none of them reaches the node itself.
_HARMLESS = frozenset({"profile", "host", "note", "measure"})
_PREFETCHABLE: "weakref.WeakSet[Callable[..., Any]]" = weakref.WeakSet()


def prefetchable(function: F) -> F:
    """Promise that a check's or fixture's body only reads.

    Its commands may then be sent before it runs, whatever their form, and its body may run several times. Of a
    fixture that requests ``shell``, the first command is sent ahead; one that requests ``host`` runs with its checks.
    """
    _PREFETCHABLE.add(pytest_compat.function_of(function))
    return function


def is_prefetchable(item: pytest.Item) -> bool:
    """Tell whether the check itself is marked as prefetchable."""
    return getattr(item, "function", None) in _PREFETCHABLE


def node_under_test(item: pytest.Item) -> Node | None:
    """Return the node that a check looks at; None for a check between nodes."""
    node = pytest_compat.parameters(item).get("node")
    return node if isinstance(node, Node) else None


def prefetch(config: pytest.Config, pool: ShellPool, items: list[pytest.Item]) -> None:
    """Fetch the results that these checks need; a node that cannot be reached is left to its checks."""
    checks = [(node, item) for item in items if (node := node_under_test(item))]
    nodes = {node.name: node for node, _ in checks}
    reached = pool.open(*nodes.values())
    hosts = {node.name: pool.host(node) for node in reached}
    _fetch_batches(
        [
            (backend, _body(config, item, node, hosts[node.name]), is_prefetchable(item))
            for node, item in checks
            if node.name in hosts and _can_run(item) and isinstance(backend := hosts[node.name].backend, ShellBackend)
        ]
    )

    def values(node: Node) -> dict[str, object]:
        return {"profile": declared(config)[1][node.name], "hashed_bytes": fixtures.hashed_in(config)}

    # Last, because a shell runs commands in order: a command that takes a second must not delay the short ones.
    start_fixtures(checks, pool.to(*reached), values)


class _CommandStartedError(Exception):
    """The fixture's command is on its way."""


class _RecordingShell:
    """Start a fixture's first command on the node's shell, and end the fixture there."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def run(self, command: str, *, stdin: bytes | None = None, timeout: float | None = None) -> Never:
        """Start the command without waiting for its result."""
        self._shell.prefetch(command, stdin=stdin, timeout=timeout)
        raise _CommandStartedError


def start_fixtures(
    checks: list[tuple[Node, pytest.Item]], shells: dict[str, Shell], values: Callable[[Node], dict[str, Any]]
) -> None:
    """Start the command of each prefetchable fixture that requests ``shell``, once a node.

    Args:
        checks: The checks that request the fixtures, with their nodes.
        shells: By node name; a node without a shell is left out.
        values: What such a fixture may request of a node beside its shell, by name.
    """
    started: set[tuple[str, object]] = set()
    for node, item in checks:
        for fixture in pytest_compat.fixtures(item).values():
            key = (node.name, fixture.function)
            if "shell" not in fixture.arguments or fixture.function not in _PREFETCHABLE:
                continue
            if node.name not in shells or key in started:
                continue
            started.add(key)
            arguments = {**values(node), "node": node, "shell": _RecordingShell(shells[node.name])}
            with suppress(_CommandStartedError):
                fixture.function(**{name: arguments[name] for name in fixture.arguments})


def _fetch_batches(bodies: list[tuple[ShellBackend, Body, bool]]) -> None:
    for _ in range(MAX_BATCHES):
        bodies = [body for body in bodies if body[0].find_command(body[1], only_reads=body[2])]
        if not bodies:
            return
        backends = {id(backend): backend for backend, *_ in bodies}.values()
        batches = [(backend, future) for backend in backends for future in backend.send_pending(DEADLINE_S)]
        for backend, future in batches:
            with suppress(FutureTimeout):
                backend.keep_results(future.result(DEADLINE_S + 5))


def _can_run(item: pytest.Item) -> bool:
    names = pytest_compat.fixture_names(item)
    if names is None or "host" not in names:
        return False
    fixtures_by_name = pytest_compat.fixtures(item)
    # pytest's own `request` is not among the fixtures.
    return all(
        name in fixtures_by_name and _is_harmless(name, fixtures_by_name[name])
        for name in set(names) - set(pytest_compat.parameters(item))
    )


def _is_harmless(name: str, fixture: Fixture) -> bool:
    if fixture.function in _PREFETCHABLE:
        return set(fixture.arguments) <= _HARMLESS
    # A file of checks may define a `host` of its own, and so does testinfra.
    return name in _HARMLESS and fixture.function.__module__ == fixtures.__name__


def _body(config: pytest.Config, item: pytest.Item, node: Node, host: object) -> Body:
    given = {
        "host": host,
        "profile": declared(config)[1][node.name],
        "note": lambda _text: None,
        "measure": lambda _name, _value: None,
        **pytest_compat.parameters(item),
    }
    names = pytest_compat.fixture_names(item) or ()
    fixtures_by_name = pytest_compat.fixtures(item)
    made = {
        name: partial(fixture.function, **{argument: given[argument] for argument in fixture.arguments})
        for name in names
        if name not in given and (fixture := fixtures_by_name[name])
    }

    def run() -> object:
        arguments = {name: made[name]() if name in made else given[name] for name in names}
        return item.obj(**arguments)  # type: ignore[attr-defined]  # a check is a function

    return run
