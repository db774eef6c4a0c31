"""Values whose sums are exact in every dtype: runs on a node, and torch comes in as an argument.

Rank r holds (STRIDE * i + r * (m // world)) mod m at position i, m a prime. At one position no two ranks
hold the same value, so that a contribution lost or taken twice changes the sum; m is prime, so that a chunk
that lands a power of two away from its place is seen.
"""

from __future__ import annotations

from typing import Any

STRIDE = 7
# The largest n such that every integer up to n is exact: 2 to the bits of the significand (IEEE 754, 3.6;
# bfloat16 has 8); int64 is bounded by nothing near.
EXACT_UP_TO = {"float16": 2**11, "bfloat16": 2**8, "float32": 2**24, "int64": 2**53}
# A longer period would only cost time: it is computed once and tiled.
_LARGEST_MODULUS = 2**20


class NotExactError(ValueError):
    """So many ranks cannot hold distinct values of this dtype whose sum is exact."""


def _is_prime(n: int) -> bool:
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


def modulus(dtype: str, world: int) -> int:
    """The largest prime m with world * (m - 1) exact; raises NotExactError at m <= max(world, STRIDE)."""
    m = min(EXACT_UP_TO[dtype] // world + 1, _LARGEST_MODULUS)
    while m > max(world, STRIDE):
        if _is_prime(m):
            return m
        m -= 1
    raise NotExactError(f"{dtype} has no {world} distinct values per position with an exact sum")


def value(rank: int, position: int, world: int, m: int) -> int:
    """What the rank contributes at that position."""
    return (STRIDE * position + rank * (m // world)) % m


def _tiled(period: Any, count: int) -> Any:
    return period if len(period) == count else period.repeat(-(-count // len(period)))[:count]


def _period(torch: Any, count: int, offset: int, m: int, device: str) -> Any:
    return torch.arange(offset, offset + min(m, count), dtype=torch.int64, device=device) * STRIDE % m


def _shifted(base: Any, rank: int, world: int, m: int) -> Any:
    moved = base + rank * (m // world)
    return moved - m * (moved >= m)


def own(torch: Any, rank: int, world: int, dtype: str, count: int, offset: int = 0, device: str = "cpu") -> Any:
    """The tensor [count] that the rank contributes, for the positions from offset on."""
    m = modulus(dtype, world)
    period = _shifted(_period(torch, count, offset, m, device), rank, world, m)
    return _tiled(period.to(getattr(torch, dtype)), count)


def summed(torch: Any, world: int, dtype: str, count: int, offset: int = 0, device: str = "cpu") -> Any:
    """The tensor [count] of exact sums over all ranks, for the positions from offset on."""
    m = modulus(dtype, world)
    base = _period(torch, count, offset, m, device)
    period = sum(_shifted(base, rank, world, m) for rank in range(world))
    return _tiled(period.to(getattr(torch, dtype)), count)


def difference(torch: Any, actual: Any, expected: Any) -> str | None:
    """Return how many elements differ and where the first one is; None when all are equal."""
    if torch.equal(actual, expected):
        return None
    wrong = (actual != expected).nonzero().flatten()
    first = int(wrong[0])
    return (
        f"{len(wrong)} of {len(expected)} elements differ, the first at {first}: "
        f"expected {expected[first].item()}, found {actual[first].item()}"
    )
