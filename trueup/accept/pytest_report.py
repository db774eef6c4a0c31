"""From what pytest saw to one of the four outcomes."""

import re
from collections.abc import Container

import pytest

from trueup.accept.marks import tier_of
from trueup.accept.selection import check_of, component_of, node_of, why_of
from trueup.outcome import CheckResult, Outcome

PROPERTY = "trueup.answer"
NOTE = "trueup.note"
MEASURE = "trueup.measure "
# pytest explains an assertion with objects as they print; a fault that stays the same must say the same at each run.
_ADDRESS = re.compile(r" at 0x[0-9a-f.]+")


def judge(
    item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport, names: Container[str]
) -> CheckResult | None:
    """The answer that this phase of a check gives; None where a later phase will.

    An assertion that is not met, and nothing else, is "fail". Any other exception, one in a
    fixture, and a skip mean that nobody looked.
    """
    if report.when != "call" and report.passed:
        return None
    node = node_of(item.nodeid, names)
    outcome, message = _outcome(call, report)
    return CheckResult(
        node=node,
        component=component_of(item.nodeid),
        check=check_of(item.nodeid, node),
        outcome=outcome,
        why=why_of(item),
        message=message,
        remedy=_remedy(item, outcome),
        notes=tuple(str(value) for name, value in item.user_properties if name == NOTE),
        seconds=report.duration,
        tier=tier_of(item),
        measures={
            name.removeprefix(MEASURE): float(str(value))
            for name, value in item.user_properties
            if name.startswith(MEASURE)
        },
    )


def _outcome(call: pytest.CallInfo[None], report: pytest.TestReport) -> tuple[Outcome, str]:
    if report.passed:
        return Outcome.PASS, ""
    if call.excinfo is None:
        return Outcome.UNKNOWN, "no result and no reason: pytest gave neither"
    text = _ADDRESS.sub("", str(call.excinfo.value))
    if report.skipped:
        return Outcome.UNKNOWN, f"skipped ({text}): a check may not skip"
    failed = isinstance(call.excinfo.value, AssertionError | pytest.fail.Exception)
    if failed and report.when == "call":
        return Outcome.FAIL, text
    return Outcome.UNKNOWN, f"{call.excinfo.typename}: {text}"


def _remedy(item: pytest.Item, outcome: Outcome) -> str:
    if outcome is Outcome.PASS:
        return ""
    if outcome is Outcome.UNKNOWN:
        return "make the node answer, then look again; nothing is known until then"
    mark = item.get_closest_marker("remedy")
    return str(mark.args[0]) if mark else "converge it: pyinfra inventory.py deploy/site.py"


def as_text(answer: CheckResult) -> str:
    """What a person reads about a check that is not in order."""
    lines = [f"{answer.node}: {answer.check}: {answer.outcome}", f"  why it matters: {answer.why}"]
    lines += [f"  {line}" for line in answer.message.splitlines()]
    return "\n".join([*lines, f"  what to do: {answer.remedy}"])
