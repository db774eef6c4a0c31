"""From what a batch's looks showed to a verdict on each of its mutations. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from lab.mutations.model import Mutation
from lab.proof.batches import Batch
from lab.proof.expected import Expected
from lab.proof.looks import FLEET, Answers, Planned, Refused
from lab.proof.result import Proved


@dataclass(frozen=True)
class Seen:
    """The looks at a batch: at a healthy pair, broken, and healed; still: mutations that still show at the end."""

    before: Answers
    broken: Answers
    plan: Planned | Refused
    after: Answers
    left: Planned | Refused
    still: frozenset[str]


def changed(before: Answers, after: Answers) -> Answers:
    """What answers otherwise than before, and what answers no more."""
    lost = {key: "no answer" for key in before if key not in after}
    return {key: answer for key, answer in after.items() if answer != before.get(key)} | lost


def judge(
    batch: Batch, of: Mapping[str, Expected], seen: Seen, seconds: Mapping[str, float], number: int
) -> list[Proved]:
    """Each mutation answers for its own claims; what nobody claims counts against all that it can come from."""
    found = changed(seen.before, seen.broken)
    claimed = frozenset[tuple[str, str]]().union(*(of[one.name].claims for one in batch))
    stray = {key: answer for key, answer in found.items() if key not in claimed}
    strange = frozenset() if isinstance(seen.plan, Refused) else seen.plan - claimed
    proved = []
    for mutation in batch:
        want = of[mutation.name]
        wrong = [
            f"{n}: {c}: wanted {w}, found {found.get((n, c), 'no change')}"
            for (n, c), w in want.answers.items()
            if found.get((n, c)) != w
        ]
        wrong += [
            f"{n}: {c}: {answer}, which nobody expected"
            for (n, c), answer in stray.items()
            if n in (mutation.node, FLEET)
        ]
        wrong += _plan(mutation, want, seen.plan, strange)
        bad = _healed(mutation, want, seen)
        first = next(iter(want.answers), None)
        caught = first is None or found.get(first) == want.answers[first]
        proved.append(
            Proved(
                name=mutation.name,
                node=mutation.node,
                batch=number,
                caught=caught,
                exact=not wrong,
                healed=not bad,
                seconds=round(seconds[mutation.name], 2),
                wrong=(*wrong, *bad),
            )
        )
    return proved


def _plan(mutation: Mutation, want: Expected, plan: Planned | Refused, strange: Planned) -> list[str]:
    if isinstance(plan, Refused):
        if mutation.refuses and mutation.refuses in plan.words:
            return []
        return [f"plan: wanted {mutation.refuses or 'one'}, found pyinfra refusing: {plan.words[-600:]}"]
    if mutation.refuses:
        return [f"plan: wanted a refusal with {mutation.refuses!r}, found a plan"]
    wrong = [f"plan: {node}: wanted {operation}, found it unplanned" for node, operation in sorted(want.planned - plan)]
    return wrong + [f"plan: {node}: {operation}, which nobody expected" for node, operation in sorted(strange)]


def _healed(mutation: Mutation, want: Expected, seen: Seen) -> list[str]:
    bad = [f"{mutation.node}: it still shows after the heal"] if mutation.name in seen.still else []
    left = changed(seen.before, seen.after)
    bad += [
        f"healed: {node}: {check}: {answer}" for (node, check), answer in left.items() if node in (mutation.node, FLEET)
    ]
    if isinstance(seen.left, Refused):
        return [*bad, f"healed: pyinfra refuses: {seen.left.words[-600:]}"]
    return bad + [
        f"healed: plan: {node}: {operation}" for node, operation in sorted(seen.left) if node == mutation.node
    ]
