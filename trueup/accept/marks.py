"""Define a check's marks: nodes, parameters, tier and remedy."""

from collections.abc import Callable, Iterable, Mapping

import pytest

from trueup.accept.tiers import Tier
from trueup.declaration import Node, Profile

When = Callable[[Node, Profile], bool]
Values = Callable[[Node, Profile], Iterable[object]]
Between = Callable[[tuple[Node, ...], Mapping[str, Profile]], Iterable[object]]


def applies(when: When, why: str) -> pytest.MarkDecorator:
    """Mark a check that concerns only the nodes for which ``when(node, profile)`` is true.

    The decision follows from the spec alone, never from a tool that a node lacks. Where it is
    false the check is not run; the summary and the records list it as not applicable, with ``why``.
    """
    return pytest.mark.applies(when=when, why=why)


def each(name: str, values: Values) -> pytest.MarkDecorator:
    """Run a check once for each value that ``values(node, profile)`` gives, as the argument ``name``."""
    return pytest.mark.each(name, values)


def between(name: str, values: Between) -> pytest.MarkDecorator:
    """The same for a check between nodes: ``values(nodes, profiles)``, as the argument ``name``."""
    return pytest.mark.each(name, values)


def tier(name: str, *fixtures: str) -> pytest.MarkDecorator:
    """The tier (quick, standard, deep) that a check belongs to; with fixtures, only where it uses one of them."""
    return pytest.mark.tier(name, *fixtures)


def remedy(text: str) -> pytest.MarkDecorator:
    """Declare the remedy of a failing check that converge does not repair."""
    return pytest.mark.remedy(text)


def tier_of(item: pytest.Item) -> Tier:
    """The deepest tier that a mark gives the check; quick where none does.

    A mark with fixtures, tier("standard", "torch"), speaks only of checks that use one of them.
    """
    uses = set(getattr(item, "fixturenames", ()))
    found = [Tier(mark.args[0]) for mark in item.iter_markers("tier") if not mark.args[1:] or uses & set(mark.args[1:])]
    return max(found, key=lambda tier: tier.depth, default=Tier.QUICK)
