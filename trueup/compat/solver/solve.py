"""Solve for the fleet's newest stack, and what blocks the next newer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from trueup.compat.engine import Compatibility, evaluate
from trueup.compat.solver.conflict import Conflict, RequirementSet, refusals, short
from trueup.compat.solver.constraints import Constraint
from trueup.compat.solver.node_classes import KEEP_DRIVER, NodeClass, node_classes_of, refuse_unknown
from trueup.compat.solver.search import Search
from trueup.compat.solver.search_space import Space, everything
from trueup.compat.stack import NodeFacts, Stack, today_utc
from trueup.compat.tables import lookup
from trueup.compat.versions import version_key

# A stack of which nothing is chosen yet.
EMPTY = Stack(torch="0", build="0", python="0", toolkit="0", branch="0", modules="open", deepspeed="0")


@dataclass(frozen=True)
class Solution:
    """A stack that the rules accept; obstacles: why the next newer torch is out of reach, a line each."""

    stack: Stack
    verdict: Compatibility
    newer: str | None
    obstacles: tuple[str, ...]
    kinds: tuple[NodeClass, ...]
    kept: bool


def solve(
    nodes: Iterable[NodeFacts],
    wishes: Sequence[Constraint] = (),
    keep_driver: bool = False,
    base: Stack = EMPTY,
    today: date | None = None,
) -> Solution | Conflict:
    """The newest stack for these nodes under the wishes; exact over all stacks that the tables can form.

    base: what the rules read beside versions (ops, packages, installer).
    Raises Refusal when a node cannot be judged: an unknown GPU or distribution, a missing driver.
    """
    kinds = node_classes_of(nodes)
    refuse_unknown(kinds, keep_driver)
    day = today or today_utc()
    space = Space(everything(), base)
    left = space.under(wishes, keep_driver)
    search = Search([kind.facts for kind in kinds], day)
    chosen = search.best(left)
    if chosen is None:
        return RequirementSet((*wishes, *([KEEP_DRIVER] if keep_driver else []), *kinds), space, day).smallest()
    stack = left.stack(chosen)
    newer = [version for version in space.values["torch"] if version_key(version) > version_key(chosen["torch"])]
    release = min(newer, key=version_key) if newer else None
    obstacles = _cut(release, kinds, wishes, left, day) if release else ()
    return Solution(stack, evaluate(search.placed(stack)), release, obstacles, kinds, keep_driver)


def _cut(
    release: str, kinds: Sequence[NodeClass], wishes: Sequence[Constraint], left: Space, day: date
) -> tuple[str, ...]:
    against = [str(wish) for wish in wishes if wish.what == "torch" and not wish.allows(release)]
    if against:
        return tuple(f"{release}: not what {wish} asks for" for wish in against)
    search = Search([kind.facts for kind in kinds], day, allow_refused=True)
    return tuple(line for row in lookup.builds(release) for line in _reasons(release, row.build, search, left))


def _reasons(release: str, build: str, search: Search, left: Space) -> list[str]:
    """What refuses, of all stacks with that build of the release, the one that breaks the fewest rules."""
    name = f"{release} for CUDA {build}"
    if build not in left.values["build"]:
        return [f"{name}: not among the builds wished for"]
    chosen = search.best(left.only(torch=release, build=build))
    if chosen is None:
        return [f"{name}: no value is left under the wishes"]
    verdict = evaluate(search.placed(left.stack(chosen)))
    return [f"{name}: {short(finding)}" for finding in refusals(verdict)]
