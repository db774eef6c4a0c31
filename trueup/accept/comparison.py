"""What a plain ``assert expected == actual`` compared, as a problem with fields.

pytest explains a comparison in prose that it shortens; the hook has the values themselves.
"""

import re
from collections import Counter
from collections.abc import Mapping, Set

import pytest

from trueup.outcome import Problem

# Objects print their address; a failure that stays the same must read the same in each run.
_ADDRESS = re.compile(r" at 0x[0-9a-f.]+")
_LAST = pytest.StashKey[Problem | None]()


def remember(config: pytest.Config, operator: str, left: object, right: object) -> None:
    """Keep the comparison that has just failed."""
    config.stash[_LAST] = problem_of(operator, left, right)


def forget(config: pytest.Config) -> None:
    """Drop an earlier check's comparison."""
    config.stash[_LAST] = None


def remembered(config: pytest.Config) -> Problem | None:
    """Return the comparison that failed last in this check."""
    return config.stash.get(_LAST, None)


def problem_of(operator: str, left: object, right: object) -> Problem:
    """Turn a failed comparison into expected and actual.

    This project writes the expected value first: ``assert expected == actual``, ``assert part in actual``,
    ``assert least <= actual``.
    """
    if operator == "==":
        only_left, only_right = _differences(left, right)
        return Problem(
            expected=_with("only expected", only_left, shown(left)),
            actual=_with("only found", only_right, shown(right)),
        )
    if operator in ("in", "not in"):
        return Problem(expected=f"{shown(left)} {operator} it", actual=shown(right))
    if operator in ("<=", "<") and isinstance(left, Set) and isinstance(right, Set):
        missing = _list(left - right)
        return Problem(expected=_with("missing", missing, shown(left)), actual=shown(right))
    return Problem(expected=f"{shown(left)} {operator} it", actual=shown(right))


def shown(value: object) -> str:
    """Return the value as text, the same in each run; an empty one is "nothing"."""
    if isinstance(value, str):
        return value or "nothing"
    if isinstance(value, Set | Mapping | list | tuple) and not value:
        return "nothing"
    if isinstance(value, Set):
        return "{" + _list(value) + "}"
    return stable(repr(value))


def stable(text: str) -> str:
    """Drop the addresses of objects from a text."""
    return _ADDRESS.sub("", text)


def _list(values: Set[object] | list[object]) -> str:
    return ", ".join(sorted(stable(repr(value)) for value in values))


def _with(label: str, difference: str, whole: str) -> str:
    """Put the difference before the whole value, which may be cut."""
    return f"{label}: {difference}; of {whole}" if difference else whole


def _differences(left: object, right: object) -> tuple[str, str]:
    """Return what only one of two collections has; "" where that is all of it, or no collection."""
    if not left or not right:
        return "", ""
    if isinstance(left, Set) and isinstance(right, Set):
        return _list(left - right), _list(right - left)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return _items(left, right), _items(right, left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return _elements(left, right), _elements(right, left)
    return "", ""


def _items(one: Mapping[object, object], other: Mapping[object, object]) -> str:
    rows = {key: value for key, value in one.items() if key not in other or other[key] != value}
    return ", ".join(f"{key!r}: {stable(repr(value))}" for key, value in rows.items())


def _elements(one: list[object] | tuple[object, ...], other: list[object] | tuple[object, ...]) -> str:
    if len(one) == len(other):
        found = [value for value, against in zip(one, other, strict=True) if value != against]
        return ", ".join(shown(value) for value in found)
    rest = Counter(map(repr, other))
    found = []
    for value in one:
        if rest[repr(value)]:
            rest[repr(value)] -= 1
        else:
            found.append(value)
    return ", ".join(shown(value) for value in found)
