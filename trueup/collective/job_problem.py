"""One reason why a collective job fails or cannot be run, as fields and as a sentence."""

from collections.abc import Sequence
from typing import Any

from trueup.outcome import Problem, Text


class JobProblem(Problem):
    """A problem of a job: which node and peer it concerns, and which check or rank saw it."""

    node: str = ""
    """The node that it was seen on; empty where it concerns all."""
    peer: str = ""
    """The node at the other end, where a path between two nodes is the problem."""
    subject: str = ""
    """The check or the rank that saw it, such as "MTU" or "rank 3"."""
    message: Text = ""
    """The problem as one sentence."""

    def __str__(self) -> str:
        return self.message


def job_problem(
    node: str,
    subject: str,
    *,
    expected: str,
    actual: str,
    remedy: str = "",
    peer: str = "",
    message: str = "",
) -> JobProblem:
    """Build a problem; its place and, unless given, its sentence follow from the other fields."""
    path = f"{node} -> {peer}" if peer else node
    where = ": ".join(word for word in (path, subject) if word)
    sentence = f"{where}: expected {expected}, found {actual}" + (f". {remedy}" if remedy else "")
    return JobProblem(
        where=where,
        node=node,
        peer=peer,
        subject=subject,
        expected=expected,
        actual=actual,
        remedy=remedy,
        message=message or sentence,
    )


def as_documents(problems: Sequence[JobProblem]) -> list[dict[str, Any]]:
    """Return the problems for a JSON document."""
    return [problem.model_dump(mode="json") for problem in problems]
