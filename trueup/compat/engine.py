"""Evaluate every rule over every combination and collect all findings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from trueup.compat.rules import FLEET_RULES, NODE_RULES, Breach, Level, Rule
from trueup.compat.stack import MissingFact, NodeFacts, StackOnNode, declared_facts, stack_of, today_utc
from trueup.compat.tables.lookup import MissingRow
from trueup.declaration import Fleet, Profile, Refusal

HOW_TO_ADD = "add the row: docs/add-a-release.md"


@dataclass(frozen=True)
class RuleViolation:
    """One breach of one rule, on the nodes named; missing: the fact that was not there, if that was it."""

    rule: str
    level: Level
    nodes: tuple[str, ...]
    expected: str
    actual: str
    remedy: str
    source: str
    missing: str | None = None

    def __str__(self) -> str:
        return (
            f"[{self.level}] {self.rule} ({', '.join(self.nodes) or 'fleet'}): wanted {self.expected}; "
            f"found {self.actual}; {self.remedy} ({self.source})"
        )


@dataclass(frozen=True)
class Compatibility:
    """What all rules say; findings are in the order of the rules."""

    findings: tuple[RuleViolation, ...]

    def of(self, level: Level) -> tuple[RuleViolation, ...]:
        """The findings of that level."""
        return tuple(finding for finding in self.findings if finding.level == level)

    @property
    def refused(self) -> bool:
        """True when something is impossible or cannot be judged."""
        return any(finding.level != "warning" for finding in self.findings)

    def as_json(self) -> list[dict[str, Any]]:
        """The findings as JSON values."""
        return [asdict(finding) for finding in self.findings]


def level_of(rule: Rule, breach: Breach) -> Level:
    """A breach that rests on memory only warns."""
    level = breach.level or rule.level
    if level == "refused" and "memory" in (rule.status, breach.status):
        return "warning"
    return level


def check_node(rule: Rule, at: StackOnNode) -> tuple[RuleViolation, ...]:
    """What one rule holds against one stack on one node."""
    return _findings(rule, (at.node.name,), lambda: rule.node(at) if rule.node else ())


def check_fleet(rule: Rule, placed: Sequence[StackOnNode]) -> tuple[RuleViolation, ...]:
    """What one rule holds against all nodes together."""
    names = tuple(at.node.name for at in placed)
    return _findings(rule, names, lambda: rule.fleet(placed) if rule.fleet else ())


def _findings(rule: Rule, nodes: tuple[str, ...], breaches: Any) -> tuple[RuleViolation, ...]:
    try:
        return tuple(
            RuleViolation(
                rule.id, level_of(rule, breach), nodes, breach.expected, breach.actual, breach.remedy, rule.source
            )
            for breach in breaches()
        )
    except MissingRow as missing:
        found = f"cannot judge: {missing}"
        return (RuleViolation(rule.id, "cannot judge", nodes, missing.what, found, HOW_TO_ADD, rule.source),)
    except MissingFact as missing:
        return (_unknown(rule, nodes, missing.name),)
    except ValueError as error:
        return (RuleViolation(rule.id, "cannot judge", nodes, "a version", str(error), "correct it", rule.source),)


def _unknown(rule: Rule, nodes: tuple[str, ...], fact: str) -> RuleViolation:
    return RuleViolation(
        rule.id,
        "cannot judge",
        nodes,
        f"the {fact} of the node",
        "cannot judge: neither declared nor probed",
        f'set "{fact}" in the inventory, or run without --offline',
        rule.source,
        missing=fact,
    )


def evaluate(placed: Sequence[StackOnNode]) -> Compatibility:
    """Evaluate node and fleet rules; equal breaches share one finding."""
    merged: dict[tuple[str, str, str, str], RuleViolation] = {}
    for rule in NODE_RULES:
        for at in placed:
            for finding in check_node(rule, at):
                _merge(merged, finding)
    for rule in FLEET_RULES:
        for finding in check_fleet(rule, placed):
            _merge(merged, finding)
    return Compatibility(tuple(_once_per_gap(merged.values())))


def _merge(merged: dict[tuple[str, str, str, str], RuleViolation], finding: RuleViolation) -> None:
    same = (finding.rule, finding.level, finding.expected, finding.actual)
    seen = merged.get(same)
    nodes = finding.nodes if seen is None else tuple(dict.fromkeys((*seen.nodes, *finding.nodes)))
    merged[same] = RuleViolation(**{**asdict(finding), "nodes": nodes})


def _once_per_gap(findings: Iterable[RuleViolation]) -> Iterable[RuleViolation]:
    seen: set[tuple[str, str, tuple[str, ...]]] = set()
    for finding in findings:
        gap = (finding.expected, finding.actual, finding.nodes)
        if finding.level != "cannot judge" or gap not in seen:
            seen.add(gap)
            yield finding


def place(
    fleet: Fleet,
    profiles: Mapping[str, Profile],
    facts: Mapping[str, NodeFacts] | None = None,
    today: date | None = None,
) -> list[StackOnNode]:
    """Every active node with its profile's stack; profiles and facts go by the node's name.

    Raises Refusal when a profile pins no torch.
    """
    placed = []
    for node in fleet.active:
        try:
            stack = stack_of(profiles[node.name])
        except KeyError as error:
            raise Refusal(f"profile {node.profile}", [f"env.wheels pins no {error.args[0]}"]) from error
        known = (facts or {}).get(node.name) or declared_facts(node)
        placed.append(StackOnNode(known, stack, today or today_utc()))
    return placed


def evaluate_fleet(
    fleet: Fleet,
    profiles: Mapping[str, Profile],
    facts: Mapping[str, NodeFacts] | None = None,
    today: date | None = None,
) -> Compatibility:
    """Judge a fleet as declared, or as probed where facts are given."""
    return evaluate(place(fleet, profiles, facts, today))


def refuse_if_impossible(
    fleet: Fleet, profiles: Mapping[str, Profile], facts: Mapping[str, NodeFacts] | None = None
) -> None:
    """Raise Refusal with all reasons if the fleet fails or lacks facts.

    Without facts, a rule is left out on a node that does not declare the fact it needs.
    """
    findings = evaluate_fleet(fleet, profiles, facts).findings
    reasons = [
        str(finding)
        for finding in findings
        if finding.level != "warning" and (facts is not None or finding.missing is None)
    ]
    if reasons:
        raise Refusal("the declared stack does not fit the fleet", reasons)
