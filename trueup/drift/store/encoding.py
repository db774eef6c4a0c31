"""Encode sets of items, and name the outcomes of drift."""

import hashlib
import zlib
from collections.abc import Iterable

from trueup.outcome import Outcome

# Outcomes of an item that is in drift, as the column `outcome` spells them.
WRONG = (Outcome.FAIL.value, Outcome.UNKNOWN.value)


def pack(ids: Iterable[int]) -> tuple[str, bytes]:
    """A digest and the ids as ranges, "1-150,153", compressed: a fleet's worth is a few bytes."""
    ranges: list[list[int]] = []
    for each in sorted(ids):
        if ranges and ranges[-1][1] == each - 1:
            ranges[-1][1] = each
        else:
            ranges.append([each, each])
    text = ",".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges).encode()
    return hashlib.sha256(text).hexdigest(), zlib.compress(text)


def unpack(data: bytes) -> set[int]:
    """The ids that pack was given."""
    found: set[int] = set()
    for part in zlib.decompress(data).decode().split(","):
        low, _, high = part.partition("-")
        if low:
            found.update(range(int(low), int(high or low) + 1))
    return found
