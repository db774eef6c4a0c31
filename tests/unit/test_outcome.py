"""The exit status of a set of answers."""

import pytest

from trueup.outcome import CheckResult, Outcome, exit_status

HOLDS, FAILS, UNKNOWN, LEFT = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("outcomes", "missing", "wanted"),
    [
        ((), 0, 0),
        ((HOLDS, LEFT), 0, 0),
        ((HOLDS, FAILS, LEFT), 0, 1),
        ((UNKNOWN,), 0, 2),
        ((FAILS, UNKNOWN, HOLDS), 0, 2),
        ((HOLDS,), 1, 2),
        ((FAILS,), 1, 2),
    ],
)
def test_status(outcomes: tuple[Outcome, ...], missing: int, wanted: int) -> None:
    """Could not look, and a missing answer, win over does not hold; not applicable counts for nothing."""
    answers = [CheckResult(node="a", component="r", check="r/c", outcome=outcome, why="") for outcome in outcomes]

    assert wanted == exit_status(answers, missing)


def test_an_answer_survives_the_way_between_processes() -> None:
    """Workers send answers as JSON."""
    answer = CheckResult(
        node="a",
        component="r",
        check="r/c[é]",
        outcome=FAILS,
        why='"w"',
        message="x\ny",
        notes=("n", "m"),
        seconds=0.25,
    )

    assert answer == CheckResult.model_validate_json(answer.model_dump_json())
