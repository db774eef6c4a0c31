"""Results, problems, errors and the exit status."""

import pickle

import pytest

from trueup.outcome import (
    MAX_TEXT,
    CheckFailed,
    CheckResult,
    CouldNotCheck,
    Outcome,
    Problem,
    TrueupError,
    actual_of,
    exit_status,
    expected_of,
    printable,
    remedy_of,
)

PASS, FAIL, UNKNOWN, LEFT = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("outcomes", "missing", "expected"),
    [
        ((), 0, 0),
        ((PASS, LEFT, None), 0, 0),
        ((PASS, FAIL, LEFT), 0, 1),
        ((UNKNOWN,), 0, 2),
        ((FAIL, UNKNOWN, PASS), 0, 2),
        ((PASS,), 1, 2),
        ((FAIL,), 1, 2),
    ],
)
def test_status(outcomes: tuple[Outcome | None, ...], missing: int, expected: int) -> None:
    """Unknown and a missing result win over fail; not applicable and not asked do not count."""
    assert expected == exit_status(outcomes, missing)


def test_labels() -> None:
    """People read words, not identifiers."""
    assert ["pass", "fail", "unknown", "not applicable"] == [outcome.label for outcome in Outcome]


def test_a_result_survives_the_way_between_processes() -> None:
    """Workers send results as JSON."""
    result = CheckResult(
        node="a",
        component="r",
        check="r/c[é]",
        outcome=FAIL,
        why='"w"',
        expected="1",
        actual="2",
        remedy="r",
        problems=(Problem(where="GPU 0", expected="1", actual="2"),),
        message="x\ny",
        notes=("n", "m"),
        seconds=0.25,
    )

    assert result == CheckResult.model_validate_json(result.model_dump_json())


def test_a_problem_is_one_readable_sentence() -> None:
    """Where, expected, actual and remedy, each only where it is known."""
    assert "GPU 0: expected x16, found x8; to do: reseat it" == str(
        Problem(where="GPU 0", expected="x16", actual="x8", remedy="reseat it")
    )
    assert "expected x16, found x8" == str(Problem(expected="x16", actual="x8"))


def test_values_are_printable_and_bounded() -> None:
    """A node's own bytes end in terminals and pages."""
    problem = Problem(expected="a\x1b[31m", actual="x" * 10 * MAX_TEXT)

    assert "a?[31m" == problem.expected
    assert len(problem.actual) == MAX_TEXT
    assert problem.actual.endswith(f"({10 * MAX_TEXT} characters in all)")
    assert problem.actual == printable(problem.actual)
    assert "one\ntwo" == printable("one\ntwo")


def test_problems_are_joined_by_field() -> None:
    """A check with several problems still has one value a field."""
    problems = (
        Problem(where="GPU 0", expected="x16", actual="x8", remedy="reseat it"),
        Problem(where="GPU 1", expected="x16", actual="x4"),
    )

    assert "GPU 0: x16\nGPU 1: x16" == expected_of(problems)
    assert "GPU 0: x8\nGPU 1: x4" == actual_of(problems)
    assert "reseat it; converge" == remedy_of(problems, "converge")
    assert "converge" == remedy_of((), "converge")


def test_a_failed_check_is_an_assertion_that_keeps_its_problems() -> None:
    """pytest shows it as a failure, and the record has the fields."""
    problem = Problem(expected="1", actual="2")

    with pytest.raises(AssertionError, match="expected 1, found 2") as caught:
        raise CheckFailed(problem)
    assert isinstance(caught.value, CheckFailed)
    assert (problem,) == caught.value.problems


def test_a_reason_in_words_is_a_problem_too() -> None:
    """Unknown has expected and actual as well."""
    error = CouldNotCheck("no route", Problem(expected="a driver", actual="none"))

    assert "no route\nexpected a driver, found none" == str(error)
    assert ["a result", "a driver"] == [problem.expected for problem in error.problems]


class _WithNode(TrueupError):
    def __init__(self, node: str, step: str, *, expected: str, actual: str, remedy: str) -> None:
        super().__init__(step, expected=expected, actual=actual, remedy=remedy, where=node)
        self.node = node


def test_an_error_survives_the_way_between_processes() -> None:
    """Also a subclass with a constructor of its own."""
    error = _WithNode("node1", "connect", expected="an answer", actual="none", remedy="Look there")

    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes

    assert "node1: connect: expected an answer, found none. Look there" == str(again) == str(error)
    assert "node1" == again.node
    assert error.problem == again.problem
