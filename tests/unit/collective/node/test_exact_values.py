"""The values that a rank contributes, without torch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.collective.node.exact_values import EXACT_UP_TO, NotExactError, modulus, value

DTYPES = st.sampled_from(sorted(EXACT_UP_TO))
WORLDS = st.integers(min_value=2, max_value=15)


@given(DTYPES, WORLDS, st.integers(min_value=0, max_value=10**9))
def test_no_two_ranks_hold_the_same_value_at_one_position(dtype: str, world: int, position: int) -> None:
    """A contribution lost, or taken twice, changes the sum."""
    m = modulus(dtype, world)
    found = {value(rank, position, world, m) for rank in range(world)}

    assert world == len(found)


@given(DTYPES, WORLDS)
def test_largest_possible_sum_is_exact(dtype: str, world: int) -> None:
    """Every partial sum is an integer that the dtype holds."""
    assert world * (modulus(dtype, world) - 1) <= EXACT_UP_TO[dtype]


@given(DTYPES, WORLDS, st.integers(min_value=0, max_value=10**6), st.integers(min_value=0, max_value=30))
def test_chunk_at_a_wrong_place_is_detected(dtype: str, world: int, position: int, power: int) -> None:
    """Collectives cut buffers at powers of two, and no such step is a multiple of a prime."""
    m = modulus(dtype, world)

    assert value(0, position, world, m) != value(0, position + 2**power, world, m)


def test_two_ranks_in_float16_use_the_largest_prime_that_fits() -> None:
    """2 * (1021 - 1) <= 2048 < 2 * (1031 - 1)."""
    assert 1021 == modulus("float16", 2)


def test_too_many_ranks_are_refused() -> None:
    """46 ranks have no distinct values in float16 whose sum is exact."""
    with pytest.raises(NotExactError, match="float16 has no 46 distinct values"):
        modulus("float16", 46)
