"""A pair whose second node is of another kind: TRUEUP_TESTS_SHAPE names the shape (lab/shapes.py), mixed by default."""

import os
from collections.abc import Iterator

import pytest

from lab.shapes import SHAPES
from tests.lab.conftest import OWN, Pair, kept_like

SHAPE = os.environ.get("TRUEUP_TESTS_SHAPE", "mixed")
# Only a node of EL shape has rpm and dnf to break.
collect_ignore = [] if SHAPE == "mixed" else ["test_el_odd.py"]


@pytest.fixture(scope="session")
def pair() -> Iterator[Pair]:
    """As for the other lab tests; node1 may begin with a kept disk, node2 is empty."""
    assert SHAPE in SHAPES
    own, like = os.environ.get(OWN), kept_like()
    pair = Pair(own or f"tests-{SHAPE}")
    begin = () if own else ("--fresh", *(("--like", like) if like else ()))
    up = pair.run("trueup", "lab", "up", "--shape", SHAPE, *begin)
    assert up.rc == 0, up.err
    yield pair
    if not own:
        down = pair.run("trueup", "lab", "down")
        assert down.rc == 0, down.err


@pytest.fixture(scope="session")
def converged(pair: Pair) -> Pair:
    """The pair after a converge."""
    done = pair.converge()
    assert done.rc == 0, done.out + done.err
    return pair
