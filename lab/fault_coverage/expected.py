"""What a mutation must change: answers of acceptance, and operations of the dry plan."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lab.fault_coverage.commands import FLEET, Answers, Planned
from lab.faults.fault import Fault

RED, BLIND, NOTED = "fail", "unknown", "pass, with a note"


@dataclass(frozen=True)
class Expected:
    """answers: what differs from a healthy pair; planned: what the dry plan shows."""

    answers: Answers
    planned: Planned

    @property
    def claims(self) -> frozenset[tuple[str, str]]:
        """Each (node, check) and (node, operation) that is this mutation's own."""
        return frozenset(self.answers) | self.planned


def hidden(of: Mapping[str, Expected], green: Answers) -> list[str]:
    """What cannot show on this pair, because it answers so already: something was left on a node."""
    return [
        f"{key[0]}: {key[1]}: {answer}, as {name} would make it"
        for name, want in of.items()
        for key, answer in want.answers.items()
        if green.get(key) == answer
    ]


def expected(mutation: Fault, asked: Collection[tuple[str, str]], nodes: Collection[str]) -> Expected:
    """asked: every (node, check) of a whole acceptance; a check between nodes answers for all of them."""
    answers = {}
    for checks, outcome in ((mutation.reds, RED), (mutation.blind, BLIND), (mutation.notes, NOTED)):
        for check in checks:
            answers[FLEET if (FLEET, check) in asked else mutation.node, check] = outcome
    planned = {(mutation.node, operation) for operation in mutation.plan}
    planned |= {(node, operation) for node in nodes if node != mutation.node for operation in mutation.elsewhere}
    return Expected(answers, frozenset(planned))
