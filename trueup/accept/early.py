"""Long looks are begun on all nodes at once, before the first check that would wait for one.

A fixture marked `early` is called with a shell that sends what it is told to run, and stops there; the fixture itself,
when a check asks for it, finds the answer under way.
"""

from collections.abc import Callable
from typing import Any, Never, TypeVar

import pytest

from trueup.shell import Shell
from trueup.spec.inventory import Node

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
