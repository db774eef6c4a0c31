"""Comparing versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.compat.versions import major, minor, version_key

parts = st.lists(st.integers(0, 400), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("version", "expected"),
    [("2.10.0+cu128", (2, 10)), ("2.0.1", (2, 0, 1)), ("12.0", (12,)), ("0.14.5", (0, 14, 5)), ("0", (0,))],
)
def test_only_numbers_count(version: str, expected: tuple[int, ...]) -> None:
    """A build tag and trailing zeros do not make another version."""
    assert expected == version_key(version)


@given(parts, parts)
def test_order_is_that_of_the_numbers(one: list[int], other: list[int]) -> None:
    """2.10 is newer than 2.9, whatever the text says."""
    width = max(len(one), len(other))
    padded = [numbers + [0] * (width - len(numbers)) for numbers in (one, other)]
    left, right = (version_key(".".join(map(str, numbers))) for numbers in (one, other))

    assert (padded[0] < padded[1], padded[0] == padded[1]) == (left < right, left == right)


def test_minor_and_major() -> None:
    """CUDA's minor decides what nvcc and driver take."""
    assert ("12.6", "13.0", 11) == (minor("12.6.3"), minor("13"), major("11.8"))


@pytest.mark.parametrize("text", ["", "latest", "v2.0", "+cu117"])
def test_what_is_no_version_is_refused(text: str) -> None:
    """A text without a number cannot be compared."""
    with pytest.raises(ValueError, match="does not begin with a version number"):
        version_key(text)
