"""Compare versions by their numbers, without build tags and suffixes."""

import re

Key = tuple[int, ...]
_NUMBERS = re.compile(r"\d+(?:\.\d+)*")


def version_key(version: str) -> Key:
    """The numbers of a version without trailing zeros, e.g. "2.10.0+cu128" -> (2, 10).

    Raises ValueError when it does not begin with a number.
    """
    found = _NUMBERS.match(version.split("+", 1)[0])
    if found is None:
        raise ValueError(f'"{version}" does not begin with a version number')
    numbers = [int(part) for part in found.group().split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def minor(version: str) -> str:
    """The first two numbers, e.g. "12.6.3" -> "12.6", "13" -> "13.0"."""
    numbers = [*version_key(version), 0][:2]
    return ".".join(map(str, numbers))


def major(version: str) -> int:
    """The first number."""
    return version_key(version)[0]
