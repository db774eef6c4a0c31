"""Results of checks: outcomes, problems, exceptions and the exit status. Imports nothing of trueup."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

# One value of a problem. A larger one helps no reader and fills the history.
MAX_TEXT = 4096
# What mends a check that fails, unless the check says otherwise (mark `remedy`).
CONVERGE_REMEDY = "converge it: pyinfra inventory.py deploy/site.py"
# What to do about a check without a verdict.
UNKNOWN_REMEDY = "make the node answer, then look again; nothing is known until then"


def printable(text: str, limit: int = MAX_TEXT) -> str:
    """Replace control characters, except newlines, and bound the length.

    Text from nodes ends in terminals, pages and alerts.
    """
    clean = "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in text)
    if len(clean) <= limit:
        return clean
    note = f"... ({len(text)} characters in all)"
    return clean[: max(limit - len(note), 0)] + note


Text = Annotated[str, BeforeValidator(printable)]


class Outcome(StrEnum):
    """The four outcomes of a check, with the spelling that JSON, database and metrics share."""

    PASS = "pass"  # noqa: S105  # no password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        """The outcome as people read it."""
        return self.value.replace("_", " ")


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class Problem(_Value):
    """One deviation from what is declared, or one thing that a probe could not see."""

    where: Text = ""
    """The part of the node that it concerns, such as "GPU 0"; empty for the whole check."""
    expected: Text
    """The state that the declaration asks for."""
    actual: Text
    """The state that the probe reported."""
    remedy: Text = ""
    """What mends it; empty where the check's own remedy does."""

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        remedy = f"; to do: {self.remedy}" if self.remedy else ""
        return f"{where}expected {self.expected}, found {self.actual}{remedy}"


class CheckResult(_Value):
    """One check's outcome on one node, or between nodes."""

    node: str
    """The node's name, or "fleet" for a check between nodes."""
    component: str
    """The component that the check belongs to."""
    check: str
    """The check's id: "component/name[parameter]"."""
    outcome: Outcome
    """One of the four."""
    why: str
    """Which state causes which symptom, or why the check does not apply."""
    expected: Text = ""
    """What the check asked for; filled unless it passes or does not apply."""
    actual: Text = ""
    """What the check found; filled unless it passes or does not apply."""
    remedy: Text = ""
    """What to do; filled unless the check passes or does not apply."""
    problems: tuple[Problem, ...] = ()
    """Each deviation by itself; one at least where the check fails or is unknown."""
    message: str = ""
    """The failure as pytest printed it."""
    notes: tuple[str, ...] = ()
    """Warnings about a state that passes."""
    seconds: float = 0.0
    """Wall time of the check itself."""
    tier: str = "quick"
    """The least deep tier that runs the check (trueup.accept.tiers)."""
    measures: dict[str, float] = Field(default_factory=dict)
    """Measured values by name."""


def expected_of(problems: Iterable[Problem]) -> str:
    """Join what the problems expected, each line with its place."""
    return _joined((problem.where, problem.expected) for problem in problems)


def actual_of(problems: Iterable[Problem]) -> str:
    """Join what the problems found, each line with its place."""
    return _joined((problem.where, problem.actual) for problem in problems)


def remedy_of(problems: Iterable[Problem], default: str) -> str:
    """Join the different remedies of the problems; the default stands for a missing one."""
    return "; ".join(dict.fromkeys(problem.remedy or default for problem in problems)) or default


def _joined(rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join(dict.fromkeys(f"{where}: {text}" if where else text for where, text in rows))


class CheckFailed(AssertionError):
    """A check found a state that is not the declared one."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class CouldNotCheck(Exception):
    """A check that could not be carried out: the outcome is unknown, neither pass nor fail."""

    def __init__(self, *reasons: "Problem | str") -> None:
        super().__init__(*reasons)
        self.problems = tuple(
            reason if isinstance(reason, Problem) else Problem(expected="a result", actual=reason) for reason in reasons
        )

    def __str__(self) -> str:
        return "\n".join(map(str, self.args))


class TrueupError(Exception):
    """A step that failed, with what it expected, what it met and what to do."""

    def __init__(self, step: str, *, expected: str, actual: str, remedy: str, where: str = "") -> None:
        """Keep the parts.

        Args:
            step: What was being done.
            expected: What the step needed.
            actual: What it met instead.
            remedy: What to do about it.
            where: The node, artifact or file that the step concerned.
        """
        super().__init__(step)
        self.step, self.where = step, where
        self.expected, self.actual, self.remedy = expected, actual, remedy

    @property
    def subject(self) -> str:
        """The place and the step."""
        return f"{self.where}: {self.step}" if self.where else self.step

    @property
    def problem(self) -> Problem:
        """The error as a problem of a check."""
        return Problem(where=self.subject, expected=self.expected, actual=self.actual, remedy=self.remedy)

    def __str__(self) -> str:
        return f"{self.subject}: expected {self.expected}, found {self.actual}. {self.remedy}"

    def paragraph(self) -> str:
        """Return the error as lines, for a terminal."""
        return f"{self.subject}\n  expected: {self.expected}\n  actual:   {self.actual}\n  remedy:   {self.remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        # Errors travel between processes; keyword-only arguments need help there.
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(kind: type[TrueupError], args: tuple[object, ...], state: dict[str, object]) -> TrueupError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


def exit_status(outcomes: Iterable[Outcome | None], missing: int = 0) -> int:
    """Return 0 if all pass, 1 if one fails, 2 if one is unknown or missing.

    Unknown wins over fail. Not applicable, and None (a deeper tier's check), do not count.
    """
    found = set(outcomes)
    if Outcome.UNKNOWN in found or missing:
        return 2
    return 1 if Outcome.FAIL in found else 0
