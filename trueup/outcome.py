"""One answer to one question about one node, before it is text, a table or JSON."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import Field

from trueup.declaration.types import Record


class Outcome(StrEnum):
    """The four, and no more."""

    PASS = "pass"  # noqa: S105  # no password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class CheckResult(Record):
    """What one check said.

    node: a node's name, or "fleet" for what holds between nodes. check: "component/name[parameter]".
    message: wanted and found, as the check printed them. notes: warnings on something that holds.
    seconds: wall time of the check itself. tier: how deep a run must look to ask it (trueup.accept.tiers).
    measures: what the check measured, by name.
    """

    node: str
    component: str
    check: str
    outcome: Outcome
    why: str
    message: str = ""
    remedy: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    tier: str = "quick"
    measures: dict[str, float] = Field(default_factory=dict)


def exit_status(answers: Iterable[CheckResult], missing: int) -> int:
    """0 all hold; 1 something does not; 2 something could not be looked at, or an answer is missing.

    What could not be looked at is not in order, and wins over what does not hold.
    """
    outcomes = {answer.outcome for answer in answers}
    if Outcome.UNKNOWN in outcomes or missing:
        return 2
    return 1 if Outcome.FAIL in outcomes else 0
