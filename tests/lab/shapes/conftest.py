"""A pair whose second node is of another kind: TRUEUP_TESTS_SHAPE names the shape (lab/shapes.py), mixed by default."""

import os
from collections.abc import Iterator

import pytest

from lab.shapes import SHAPES
from tests.lab.conftest import Pair, brought_up

SHAPE = os.environ.get("TRUEUP_TESTS_SHAPE", "mixed")
# Only a node of EL shape has rpm and dnf to break.
collect_ignore = [] if SHAPE == "mixed" else ["test_el_odd.py"]


@pytest.fixture(scope="session")
def pair() -> Iterator[Pair]:
    """As for the other lab tests; node1 may begin with a kept disk, node2 is empty."""
    assert SHAPE in SHAPES
    with brought_up(f"tests-{SHAPE}", "--shape", SHAPE) as pair:
        yield pair
