"""Output of many ranks, told apart."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from trueup.collective.voices import Voices


def test_line_has_the_rank_in_the_whole_job() -> None:
    """torchrun counts on each node from 0."""
    voices = Voices(["node1", "node2"], 2)

    assert ["node2 rank 3 | NCCL INFO x"] == voices.heard("node2", b"[default1]:NCCL INFO x\n")


def test_line_of_the_launcher_has_none() -> None:
    """It speaks for the node."""
    assert ["node1 | a traceback"] == Voices(["node1"], 2).heard("node1", b"a traceback\n")


def test_line_that_comes_in_pieces_is_one() -> None:
    """Two nodes at once do not mix."""
    voices = Voices(["node1", "node2"], 1)
    heard = [voices.heard(*each) for each in (("node1", b"[default0]:a"), ("node2", b"b\n"), ("node1", b"c\nd"))]

    assert [[], ["node2 | b"], ["node1 rank 0 | ac"]] == heard


@given(st.binary(), st.lists(st.integers(min_value=0, max_value=50)))
def test_pieces_do_not_matter(data: bytes, cuts: list[int]) -> None:
    """Whatever the network makes of it, and whatever is no text."""
    places = [0, *sorted(cuts), len(data)]
    voices = Voices(["n"], 2)
    found = [line for a, b in pairwise(places) for line in voices.heard("n", data[a:b])]

    assert Voices(["n"], 2).heard("n", data) == found
