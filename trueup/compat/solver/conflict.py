"""Find the smallest set of wishes and node classes that conflicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from trueup.compat.engine import Compatibility, RuleViolation, evaluate
from trueup.compat.solver.constraints import Constraint
from trueup.compat.solver.node_classes import KEEP_DRIVER, NodeClass
from trueup.compat.solver.search import ANY_NODE, Search
from trueup.compat.solver.search_space import Space
from trueup.compat.stack import StackOnNode

Part = Constraint | NodeClass | str


@dataclass(frozen=True)
class Conflict:
    """parts: the wishes and kinds of node; reasons: what refuses the stack that breaks the fewest rules."""

    parts: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class RequirementSet:
    """Hold all requirements, any subset of which can be tried."""

    everything: tuple[Part, ...]
    space: Space
    today: date

    def smallest(self) -> Conflict:
        """Find the smallest conflicting set, exactly.

        A set that cannot be shrunk comes first, then every smaller set is tried.
        """
        some = self._shrunk()
        for size in range(1, len(some)):
            for fewer in combinations(self.everything, size):
                if not self._satisfiable(fewer):
                    return Conflict(tuple(map(str, fewer)), self._why(fewer))
        return Conflict(tuple(map(str, some)), self._why(some))

    def _shrunk(self) -> tuple[Part, ...]:
        left = self.everything
        # Nodes are dropped before wishes: a wish is easier to change than a machine.
        for part in reversed(self.everything):
            without = tuple(each for each in left if each is not part)
            if not self._satisfiable(without):
                left = without
        return left

    def _left(self, some: Sequence[Part]) -> tuple[Space, list[NodeClass]]:
        kinds = [part for part in some if isinstance(part, NodeClass)]
        wishes = [part for part in some if isinstance(part, Constraint)]
        # Without a node there is no driver that could stay.
        return self.space.under(wishes, KEEP_DRIVER in some and bool(kinds)), kinds

    def _satisfiable(self, some: Sequence[Part]) -> bool:
        left, kinds = self._left(some)
        return Search([kind.facts for kind in kinds], self.today).best(left) is not None

    def _why(self, some: Sequence[Part]) -> tuple[str, ...]:
        left, kinds = self._left(some)
        empty = [name for name, values in left.values.items() if not values]
        if empty:
            return tuple(f"no {name} in the tables is what was wished for" for name in empty)
        search = Search([kind.facts for kind in kinds], self.today, allow_refused=True)
        chosen = search.best(left)
        if chosen is None:
            return ()
        stack = left.stack(chosen)
        verdict = evaluate(search.placed(stack) or [StackOnNode(ANY_NODE, stack, self.today)])
        return tuple(short(finding) for finding in refusals(verdict) if kinds or finding.level == "refused")


def refusals(verdict: Compatibility) -> list[RuleViolation]:
    """What refuses, or cannot be judged."""
    return [finding for finding in verdict.findings if finding.level != "warning"]


def short(finding: RuleViolation) -> str:
    """A finding in one line, without what to do."""
    return f"{finding.rule} on {', '.join(finding.nodes)}: wanted {finding.expected}; found {finding.actual}"
