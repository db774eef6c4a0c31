"""A pair whose second node is of another kind: TRUEUP_TESTS_SHAPE names the shape (lab/topologies.py), else mixed."""

import os
from collections.abc import Iterator

import pytest

from lab.topologies import SHAPES
from tests.e2e.conftest import Pair, brought_up

SHAPE = os.environ.get("TRUEUP_TESTS_SHAPE", "mixed")
# Only a node of EL shape has rpm and dnf.
collect_ignore = [] if SHAPE == "mixed" else ["test_el_odd.py"]


@pytest.fixture(scope="session")
def pair() -> Iterator[Pair]:
    """As for the other lab tests; node1 may begin with a kept disk, node2 is empty."""
    assert SHAPE in SHAPES
    with brought_up(f"tests-{SHAPE}", "--shape", SHAPE) as pair:
        yield pair
