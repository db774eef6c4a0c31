"""Who differs is said rarest first, and the same at each run."""

from hypothesis import given
from hypothesis import strategies as some

from trueup.accept.disagreement import NO_ANSWER, disagreement


def test_one_answer_is_agreement() -> None:
    """Whatever it is."""
    assert [] == disagreement({"node1": ("a", 1), "node2": ("a", 1)})


def test_no_answers_are_no_agreement() -> None:
    """A check over no answers would hold for ever."""
    assert [NO_ANSWER] == disagreement({})


def test_odd_one_comes_first() -> None:
    """It is what somebody has to look at; the many are only counted."""
    answers = {f"node{number}": "1500" for number in range(1, 12)} | {"node7": "1400"}

    assert [
        "node7: 1400",
        "node1, node2, node3, node4, node5, node6, node8, node9 and 2 more: 1500",
    ] == disagreement(answers)


@given(some.dictionaries(some.text(min_size=1), some.integers(0, 3) | some.none(), min_size=1))
def test_every_answer_is_reported_once(answers: dict[str, int | None]) -> None:
    """And the order in which nodes answered changes no word."""
    lines = disagreement(answers)
    backwards = disagreement(dict(reversed(answers.items())))

    assert len(set(answers.values())) == max(1, len(lines))
    assert sorted(line.rpartition(": ")[2] for line in lines) == sorted(line.rpartition(": ")[2] for line in backwards)
