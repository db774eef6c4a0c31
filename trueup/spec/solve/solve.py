"""The newest stack that every node of a fleet can run, or the smallest set of things that conflict."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from trueup.spec.refusal import Refusal
from trueup.spec.rules.judge import Finding, Verdict, judge
from trueup.spec.solve.search import NOBODY, Search
from trueup.spec.solve.space import Space, everything
from trueup.spec.solve.wishes import Wish
from trueup.spec.stack import NodeFacts, Placed, Stack
from trueup.spec.tables import know
from trueup.spec.tables.know import NoRow
from trueup.spec.versions import key

KEEP_DRIVER = "--keep-driver"


@dataclass(frozen=True)
class Kind:
    """Nodes that differ in nothing but their names."""

    facts: NodeFacts
    names: tuple[str, ...]

    def __str__(self) -> str:
        shown = ", ".join(self.names[:3]) + (f" and {len(self.names) - 3} more" if len(self.names) > 3 else "")
        return f"{shown} ({self.facts.gpu} on {self.facts.distro})"


@dataclass(frozen=True)
class Solution:
    """A stack that the rules accept; cut: why the next newer torch is out of reach, a line each."""

    stack: Stack
    verdict: Verdict
    newer: str | None
    cut: tuple[str, ...]
    kinds: tuple[Kind, ...]
    kept: bool


@dataclass(frozen=True)
class Conflict:
    """The smallest set of wishes and kinds of node that no stack satisfies together, and what stands against."""

    parts: tuple[str, ...]
    reasons: tuple[str, ...]


def kinds_of(nodes: Iterable[NodeFacts]) -> tuple[Kind, ...]:
    """The nodes by kind, in the order of their first."""
    found: dict[NodeFacts, list[str]] = {}
    for node in nodes:
        found.setdefault(replace(node, name=""), []).append(node.name)
    return tuple(
        Kind(
            replace(facts, name=names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} alike"), tuple(names)
        )
        for facts, names in found.items()
    )


def solve(
    nodes: Iterable[NodeFacts],
    wishes: Sequence[Wish] = (),
    keep_driver: bool = False,
    base: Stack | None = None,
    values: dict[str, tuple[str, ...]] | None = None,
) -> Solution | Conflict:
    """The newest stack for these nodes under the wishes; exact over all stacks that the tables can form.

    base: what the rules read beside versions (ops, packages, installer). values: another choice of versions.
    Raises Refusal when a node cannot be judged: an unknown GPU or distribution, a missing driver.
    """
    kinds = kinds_of(nodes)
    _refuse_unknown(kinds, keep_driver)
    space = Space(values or everything(), base or EMPTY)
    search = Search([kind.facts for kind in kinds])
    left = space.under(wishes, keep_driver)
    chosen = search.best(left)
    if chosen is None:
        return _conflict(kinds, wishes, keep_driver, space)
    stack = left.stack(chosen)
    newer, cut = _cut(chosen["torch"], kinds, wishes, space, left)
    return Solution(stack, judge(search.placed(stack)), newer, cut, kinds, keep_driver)


EMPTY = Stack(torch="0", build="0", python="0", toolkit="0", branch="0", modules="open", deepspeed="0")


def _refuse_unknown(kinds: Sequence[Kind], keep_driver: bool) -> None:
    problems: list[str] = []
    if not kinds:
        problems.append("cannot judge an empty fleet: declare a node that is not out")
    for kind in kinds:
        facts = kind.facts
        if facts.distro is None:
            problems.append(
                f"{', '.join(kind.names)}: cannot judge: the distribution is neither declared nor probed; "
                'set "distro" in the inventory'
            )
        for look, value in ((know.gpu, facts.gpu), (know.distro, facts.distro)):
            try:
                _ = value and look(value)
            except NoRow as missing:
                problems.append(f"{', '.join(kind.names)}: cannot judge: {missing}; see docs/add-a-release.md")
        if keep_driver and facts.driver is None:
            problems.append(
                f"{', '.join(kind.names)}: cannot judge {KEEP_DRIVER}: no driver is declared or was probed; "
                'set "driver" in the inventory'
            )
    if problems:
        raise Refusal("the fleet cannot be judged", problems)


def _cut(
    torch: str, kinds: Sequence[Kind], wishes: Sequence[Wish], space: Space, left: Space
) -> tuple[str | None, tuple[str, ...]]:
    newer = [version for version in space.values["torch"] if key(version) > key(torch)]
    if not newer:
        return None, ()
    release = min(newer, key=key)
    against = [str(wish) for wish in wishes if wish.what == "torch" and not wish.allows(release)]
    if against:
        return release, tuple(f"{release}: not what {wish} asks for" for wish in against)
    return release, _reasons(release, kinds, left)


def _reasons(release: str, kinds: Sequence[Kind], left: Space) -> tuple[str, ...]:
    """For each build of the release: what refuses the stack that breaks the fewest rules."""
    search = Search([kind.facts for kind in kinds], allow_refused=True)
    lines: list[str] = []
    for build in (row.build for row in know.builds(release)):
        if build not in left.values["build"]:
            lines.append(f"{release} for CUDA {build}: not among the builds wished for")
            continue
        chosen = search.best(left.only(torch=release, build=build))
        if chosen is None:
            lines.append(f"{release} for CUDA {build}: no value is left under the wishes")
            continue
        verdict = judge(search.placed(left.stack(chosen)))
        lines += [f"{release} for CUDA {build}: {_short(finding)}" for finding in _refusals(verdict)]
    return tuple(lines)


def _refusals(verdict: Verdict) -> list[Finding]:
    return [finding for finding in verdict.findings if finding.level != "warning"]


def _short(finding: Finding) -> str:
    return f"{finding.rule} on {', '.join(finding.nodes)}: wanted {finding.wanted}; found {finding.found}"


def _conflict(kinds: Sequence[Kind], wishes: Sequence[Wish], keep_driver: bool, space: Space) -> Conflict:
    parts: list[Wish | Kind | str] = [*wishes, *([KEEP_DRIVER] if keep_driver else []), *kinds]
    for size in range(1, len(parts) + 1):
        for some in combinations(parts, size):
            if not _satisfiable(some, space):
                return Conflict(tuple(map(str, some)), _why(some, space))
    return Conflict(tuple(map(str, parts)), ())


def _split(some: Sequence[Wish | Kind | str]) -> tuple[list[Wish], bool, list[Kind]]:
    wishes = [part for part in some if isinstance(part, Wish)]
    kinds = [part for part in some if isinstance(part, Kind)]
    return wishes, KEEP_DRIVER in some, kinds


def _satisfiable(some: Sequence[Wish | Kind | str], space: Space) -> bool:
    wishes, keep, kinds = _split(some)
    if keep and not kinds:
        return True
    return _search(kinds, False).best(space.under(wishes, keep)) is not None


def _search(kinds: Sequence[Kind], allow_refused: bool) -> Search:
    return Search([kind.facts for kind in kinds], allow_refused)


def _why(some: Sequence[Wish | Kind | str], space: Space) -> tuple[str, ...]:
    wishes, keep, kinds = _split(some)
    left = space.under(wishes, keep)
    empty = [name for name, values in left.values.items() if not values]
    if empty:
        return tuple(f"no {name} in the tables is what was wished for" for name in empty)
    search = _search(kinds, True)
    for torch in left.values["torch"]:
        chosen = search.best(left.only(torch=torch))
        if chosen is not None:
            verdict = judge(search.placed(left.stack(chosen)) or [Placed(NOBODY, left.stack(chosen))])
            return tuple(_short(finding) for finding in _refusals(verdict) if kinds or finding.level == "refused")
    return ()
