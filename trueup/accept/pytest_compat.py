"""The parts of pytest that it does not call public; no other module uses one.

tests/unit/accept/test_pytest_compat.py names each, so that a pytest that changed one fails there first.
pyproject.toml bounds pytest to the versions that were tried.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from _pytest.mark import ParameterSet
from _pytest.python import PyCollector
from _pytest.runner import runtestprotocol

__all__ = [
    "Fixture",
    "ParameterSet",
    "collect_again",
    "fixture_names",
    "fixtures",
    "function_of",
    "parameters",
    "run_phases",
    "terminal_width",
]


@dataclass(frozen=True)
class Fixture:
    """A fixture's function and what it requests."""

    function: Callable[..., object]
    """The function below ``pytest.fixture``."""
    arguments: tuple[str, ...]
    """The names of the fixtures that it requests."""


def fixture_names(item: pytest.Item) -> tuple[str, ...] | None:
    """Return the arguments of a test function; None for an item of another kind."""
    info = getattr(item, "_fixtureinfo", None)
    return tuple(info.argnames) if info is not None else None


def fixtures(item: pytest.Item) -> Mapping[str, Fixture]:
    """Return all fixtures that a test requests, also through others, by name."""
    info = getattr(item, "_fixtureinfo", None)
    if info is None:
        return {}
    # The last definition of a name overrides the others.
    last = {name: definitions[-1] for name, definitions in info.name2fixturedefs.items()}
    return {name: Fixture(definition.func, tuple(definition.argnames)) for name, definition in last.items()}


def parameters(item: pytest.Item) -> Mapping[str, Any]:
    """Return what parametrization gives a test, by argument."""
    callspec = getattr(item, "callspec", None)
    return callspec.params if callspec is not None else {}


def function_of(decorated: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function below ``pytest.fixture``; any other function is returned as it is."""
    # pytest 8.4 and later make an object of it, 8.3 another function.
    inner = getattr(decorated, "_fixture_function", None) or getattr(decorated, "__pytest_wrapped__", None)
    return getattr(inner, "obj", inner) or decorated


def collect_again(module: pytest.Module) -> Iterable[object]:
    """Collect a module's tests, without registering the module's fixtures a second time."""
    return PyCollector.collect(module)


def run_phases(item: pytest.Item, nextitem: pytest.Item | None) -> list[pytest.TestReport]:
    """Run a test's setup, call and teardown; return their reports without announcing them."""
    return runtestprotocol(item, log=False, nextitem=nextitem)


def terminal_width(reporter: pytest.TerminalReporter) -> int:
    """Return the columns of the terminal that pytest writes to."""
    return int(reporter._tw.fullwidth)
