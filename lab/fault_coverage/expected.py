"""What a fault must change: results of acceptance, and operations of the dry plan."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lab.fault_coverage.commands import FLEET, Answers, Planned
from lab.faults.fault import Fault

FAILING, UNKNOWN, NOTED = "fail", "unknown", "pass, with a note"


@dataclass(frozen=True)
class Expected:
    """What a fault must change on a pair."""

    answers: Answers
    """The results that differ from those of a healthy pair."""
    planned: Planned
    """The operations that the dry plan shows."""

    @property
    def claims(self) -> frozenset[tuple[str, str]]:
        """Each (node, check) and (node, operation) that is this fault's own."""
        return frozenset(self.answers) | self.planned


def hidden(of: Mapping[str, Expected], green: Answers) -> list[str]:
    """Name the results that are as a fault would make them before it is injected: something was left on a node."""
    return [
        f"{key[0]}: {key[1]}: {answer}, as {name} would make it"
        for name, want in of.items()
        for key, answer in want.answers.items()
        if green.get(key) == answer
    ]


def expected(fault: Fault, checks_run: Collection[tuple[str, str]], nodes: Collection[str]) -> Expected:
    """Return what the fault must change. asked: every (node, check) of a whole acceptance, checks between nodes too."""
    answers = {}
    for checks, outcome in ((fault.failing_checks, FAILING), (fault.unknown_checks, UNKNOWN), (fault.notes, NOTED)):
        for check in checks:
            answers[FLEET if (FLEET, check) in checks_run else fault.node, check] = outcome
    planned = {(fault.node, operation) for operation in fault.plan}
    planned |= {(node, operation) for node in nodes if node != fault.node for operation in fault.elsewhere}
    return Expected(answers, frozenset(planned))
