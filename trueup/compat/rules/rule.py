"""What a rule is, and how it is declared."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from trueup.compat.stack import StackOnNode
from trueup.compat.tables.loader import Status

Level = Literal["refused", "cannot judge", "warning"]


@dataclass(frozen=True)
class Breach:
    """What one rule holds against one combination.

    level: None takes the rule's own; status: how the row was established on which it rests.
    """

    expected: str
    actual: str
    remedy: str
    level: Level | None = None
    status: Status | None = None
    source: str | None = None


NodeCheck = Callable[[StackOnNode], Iterable[Breach]]
FleetCheck = Callable[[Sequence[StackOnNode]], Iterable[Breach]]


@dataclass(frozen=True)
class Rule:
    """One rule; reads: the fields of the Stack that decide it; level: the worst that a breach can be."""

    id: str
    says: str
    source: str
    status: Status
    level: Level
    reads: frozenset[str]
    node: NodeCheck | None = None
    fleet: FleetCheck | None = None


NODE_RULES: list[Rule] = []
FLEET_RULES: list[Rule] = []


def node_rule(
    rule_id: str, *reads: str, source: str, status: Status = "confirmed", level: Level = "refused"
) -> Callable[[NodeCheck], NodeCheck]:
    """Declares a rule over one node; the function's docstring is what the rule says."""

    def declare(check: NodeCheck) -> NodeCheck:
        says = (check.__doc__ or "").strip()
        NODE_RULES.append(Rule(rule_id, says, source, status, level, frozenset(reads), node=check))
        return check

    return declare


def fleet_rule(
    rule_id: str, *reads: str, source: str, status: Status = "confirmed", level: Level = "refused"
) -> Callable[[FleetCheck], FleetCheck]:
    """Declares a rule over all nodes that work together."""

    def declare(check: FleetCheck) -> FleetCheck:
        says = (check.__doc__ or "").strip()
        FLEET_RULES.append(Rule(rule_id, says, source, status, level, frozenset(reads), fleet=check))
        return check

    return declare
