"""How often a test repeats what it does."""

import os

FULL = "TRUEUP_TESTS_FULL"


def count(sample: int, full: int) -> int:
    """A sample; all of it where TRUEUP_TESTS_FULL is set, as `tox -e exhaustive` does."""
    return full if os.environ.get(FULL) else sample
