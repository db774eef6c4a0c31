"""Search exactly, depth first; judge each rule once its inputs are chosen."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from trueup.compat.engine import RuleViolation, check_fleet, check_node
from trueup.compat.rules.rule import FLEET_RULES, NODE_RULES, Rule
from trueup.compat.solver.search_space import DIMENSIONS, KEPT, Space
from trueup.compat.stack import NodeFacts, Stack, StackOnNode, today_utc

# Fields that the search does not choose itself: they follow from torch, or are the same in every stack.
_FOLLOWS = {"torchvision": "torch", "torchaudio": "torch"}
Cost = tuple[int, int]
ANY_NODE = NodeFacts(name="every node", gpu="any")


def depends(rule: Rule) -> frozenset[str]:
    """The dimensions that decide a rule."""
    return frozenset(_FOLLOWS.get(name, name) for name in rule.reads) & frozenset(DIMENSIONS)


@dataclass
class Search:
    """One fleet, by its kinds of node; findings are remembered by what they depend on."""

    kinds: Sequence[NodeFacts]
    today: date = field(default_factory=today_utc)
    allow_refused: bool = False

    def __post_init__(self) -> None:
        self._known: dict[tuple[str, tuple[str, ...]], tuple[RuleViolation, ...]] = {}

    @cached_property
    def _rules(self) -> list[list[Rule]]:
        place: list[list[Rule]] = [[] for _ in DIMENSIONS]
        for rule in (*NODE_RULES, *FLEET_RULES):
            place[max((DIMENSIONS.index(name) for name in depends(rule)), default=0)].append(rule)
        return place

    def placed(self, stack: Stack) -> list[StackOnNode]:
        """The stack on every kind of node; a driver that stays is the node's own."""
        return [StackOnNode(kind, _kept(stack, kind), self.today) for kind in self.kinds]

    def findings(self, rule: Rule, chosen: dict[str, str], space: Space) -> tuple[RuleViolation, ...]:
        """What the rule holds against the values chosen so far, on any kind of node."""
        names = sorted(depends(rule))
        memo = (rule.id, tuple(chosen[name] for name in names))
        if memo not in self._known:
            stack = space.stack({**_nothing(), **{name: chosen[name] for name in names}})
            self._known[memo] = self._look(rule, stack)
        return self._known[memo]

    def _look(self, rule: Rule, stack: Stack) -> tuple[RuleViolation, ...]:
        if not self.kinds:
            # Wishes alone: only what a stack breaks by itself counts, not what is unknown of a node.
            found = check_node(rule, StackOnNode(ANY_NODE, stack, self.today))
            return tuple(finding for finding in found if finding.level == "refused")
        placed = self.placed(stack)
        if rule.fleet is not None:
            return check_fleet(rule, placed)
        return tuple(finding for at in placed for finding in check_node(rule, at))

    def best(self, space: Space) -> dict[str, str] | None:
        """The best stack: newest torch, then newest DeepSpeed, then fewest warnings, then DIMENSIONS in order.

        With allow_refused: the stack with the fewest refusals instead.
        """
        for torch in space.values["torch"]:
            for deepspeed in space.values["deepspeed"]:
                found = self._least(space.only(torch=torch, deepspeed=deepspeed))
                if found is not None:
                    return found
        return None

    def _least(self, space: Space) -> dict[str, str] | None:
        best: dict[str, str] | None = None
        limit: Cost | None = None

        def down(depth: int, chosen: dict[str, str], cost: Cost) -> None:
            nonlocal best, limit
            if depth == len(DIMENSIONS):
                best, limit = dict(chosen), cost
                return
            name = DIMENSIONS[depth]
            for value in space.values[name]:
                chosen[name] = value
                now = self._cost(depth, chosen, cost, space, limit)
                if now is not None:
                    down(depth + 1, chosen, now)
            chosen.pop(name, None)

        down(0, {}, (0, 0))
        return best

    def _cost(self, depth: int, chosen: dict[str, str], cost: Cost, space: Space, limit: Cost | None) -> Cost | None:
        """Return the cost so far, or None if this branch cannot improve."""
        refused, warned = cost
        for rule in self._rules[depth]:
            levels = [finding.level for finding in self.findings(rule, chosen, space)]
            warned += levels.count("warning")
            refused += len(levels) - levels.count("warning")
            if refused and not self.allow_refused:
                return None
            if limit is not None and (refused, warned) >= limit:
                return None
        return refused, warned


def _nothing() -> dict[str, str]:
    # A rule reads only what it declares (a test holds it to that), so the rest may be anything.
    return dict.fromkeys(DIMENSIONS, "0") | {"torch": "2.0.1", "modules": "proprietary"}


def _kept(stack: Stack, kind: NodeFacts) -> Stack:
    if stack.branch != KEPT:
        return stack
    return replace(stack, branch=kind.need("driver").split(".", 1)[0])
