"""Turn what pytest saw into a result with one of the four outcomes."""

from collections.abc import Container

import pytest

from trueup.accept import comparison
from trueup.accept.comparison import stable
from trueup.accept.marks import tier_of
from trueup.accept.selection import check_of, component_of, node_of, why_of
from trueup.outcome import (
    CONVERGE_REMEDY,
    UNKNOWN_REMEDY,
    CheckFailed,
    CheckResult,
    CouldNotCheck,
    Outcome,
    Problem,
    TrueupError,
    actual_of,
    expected_of,
    remedy_of,
)

PROPERTY = "trueup.answer"
NOTE = "trueup.note"
MEASURE = "trueup.measure "
A_RESULT = "a result"


def judge(
    item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport, names: Container[str]
) -> CheckResult | None:
    """Return the result that this phase of a check gives; None where a later phase will.

    A failed assertion in the check itself, and nothing else, is "fail". Any other exception, one in a
    fixture, and a skip are "unknown".
    """
    if report.when != "call" and report.passed:
        return None
    node = node_of(item.nodeid, names)
    outcome, problems, message = _outcome(item, call, report)
    return CheckResult(
        node=node,
        component=component_of(item.nodeid),
        check=check_of(item.nodeid, node),
        outcome=outcome,
        why=why_of(item),
        expected=expected_of(problems),
        actual=actual_of(problems),
        remedy=remedy_of(problems, _remedy(item, outcome)) if problems else "",
        problems=problems,
        message=message,
        notes=tuple(str(value) for name, value in item.user_properties if name == NOTE),
        seconds=report.duration,
        tier=tier_of(item),
        measures={
            name.removeprefix(MEASURE): float(str(value))
            for name, value in item.user_properties
            if name.startswith(MEASURE)
        },
    )


def _outcome(
    item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport
) -> tuple[Outcome, tuple[Problem, ...], str]:
    if report.passed:
        return Outcome.PASS, (), ""
    if call.excinfo is None:
        text = "no result and no reason: pytest gave neither"
        return Outcome.UNKNOWN, (Problem(expected=A_RESULT, actual=text),), text
    error = call.excinfo.value
    text = stable(str(error))
    if report.skipped:
        text = f"skipped ({text}): a check may not skip"
        return Outcome.UNKNOWN, (Problem(expected=A_RESULT, actual=text),), text
    if isinstance(error, AssertionError | pytest.fail.Exception) and report.when == "call":
        return Outcome.FAIL, _failure(item, call.excinfo, text), text
    return Outcome.UNKNOWN, _obstacle(error, text), f"{call.excinfo.typename}: {text}"


def _failure(item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException], text: str) -> tuple[Problem, ...]:
    """Return the problems of a failed check: its own, those of its comparison, or its condition."""
    error = excinfo.value
    if isinstance(error, CheckFailed) and error.problems:
        return error.problems
    compared = comparison.remembered(item.config)
    if isinstance(error, AssertionError) and compared is not None:
        return (compared,)
    statement = " ".join(str(excinfo.traceback[-1].statement).split())
    expected = statement.removeprefix("assert ") if statement.startswith("assert ") else why_of(item)
    return (Problem(expected=expected or "the check to pass", actual=text or "it did not"),)


def _obstacle(error: BaseException, text: str) -> tuple[Problem, ...]:
    """Return why a check has no verdict."""
    if isinstance(error, CouldNotCheck) and error.problems:
        return error.problems
    if isinstance(error, TrueupError):
        return (error.problem,)
    return (Problem(expected=A_RESULT, actual=f"{type(error).__name__}: {text}"),)


def _remedy(item: pytest.Item, outcome: Outcome) -> str:
    """Return what to do where a problem itself does not say it."""
    if outcome is Outcome.UNKNOWN:
        return UNKNOWN_REMEDY
    mark = item.get_closest_marker("remedy")
    return str(mark.args[0]) if mark else CONVERGE_REMEDY


def as_text(answer: CheckResult) -> str:
    """What a person reads about a check that is not in order."""
    lines = [f"{answer.node}: {answer.check}: {answer.outcome}", f"  why it matters: {answer.why}"]
    lines += [f"  {line}" for line in answer.message.splitlines()]
    return "\n".join([*lines, f"  what to do: {answer.remedy}"])
