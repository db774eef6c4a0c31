"""Acceptance: what a check may say, and how its answers become a table, a record and an exit status."""

from collections.abc import Callable, Iterable, Mapping

import pytest

from trueup.spec.inventory import Node
from trueup.spec.model import Profile

When = Callable[[Node, Profile], bool]


Values = Callable[[Node, Profile], Iterable[object]]
Between = Callable[[tuple[Node, ...], Mapping[str, Profile]], Iterable[object]]


class CouldNotLook(Exception):
    """The question could not be put to the node; never to be read as an answer."""


def applies(when: When, why: str) -> pytest.MarkDecorator:
    """Mark a check that concerns only the nodes for which ``when(node, want)`` is true.

    The decision follows from the spec alone, never from a tool that a node lacks. Where it is
    false the check is not run; the summary and the records list it as not applicable, with ``why``.
    """
    return pytest.mark.applies(when=when, why=why)


def each(name: str, values: Values) -> pytest.MarkDecorator:
    """Ask a check once for each value that ``values(node, want)`` gives, as the argument ``name``."""
    return pytest.mark.each(name, values)


def between(name: str, values: Between) -> pytest.MarkDecorator:
    """The same for a check between nodes: ``values(nodes, profiles)``, as the argument ``name``."""
    return pytest.mark.each(name, values)


def tier(name: str, *fixtures: str) -> pytest.MarkDecorator:
    """The tier (quick, usual, deep) that a check belongs to; with fixtures, only where it uses one of them."""
    return pytest.mark.tier(name, *fixtures)


def remedy(text: str) -> pytest.MarkDecorator:
    """What to do when the check does not hold, where converging the node does not mend it."""
    return pytest.mark.remedy(text)
