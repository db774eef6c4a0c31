"""From what a batch's looks showed to a verdict on each of its mutations. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from lab.fault_coverage.attribution import Key, UnclaimedFailure
from lab.fault_coverage.batches import Batch
from lab.fault_coverage.commands import FLEET, Answers, Planned, Refused
from lab.fault_coverage.expected import Expected
from lab.fault_coverage.result import FaultVerdict
from lab.faults.fault import Fault

# Of what a check said; its first words tell what was wanted and found.
LENGTH = 400


@dataclass(frozen=True)
class BatchObservation:
    """The looks at a batch: at a healthy pair, broken, and healed; still: mutations that still show at the end.

    lost: those that another one undid. words: what checks of the broken pair said; words_after: of the healed one.
    culprits: which mutation a stray answer comes from.
    """

    before: Answers
    broken: Answers
    plan: Planned | Refused
    after: Answers
    left: Planned | Refused
    still: frozenset[str]
    lost: frozenset[str] = frozenset()
    words: Mapping[Key, str] = field(default_factory=dict)
    words_after: Mapping[Key, str] = field(default_factory=dict)
    culprits: Mapping[Key, str] = field(default_factory=dict)


def changed(before: Answers, after: Answers) -> Answers:
    """What answers otherwise than before, and what answers no more."""
    lost = {key: "no answer" for key in before if key not in after}
    return {key: answer for key, answer in after.items() if answer != before.get(key)} | lost


def strays(batch: Batch, of: Mapping[str, Expected], seen: BatchObservation) -> list[UnclaimedFailure]:
    """What no mutation of the batch claims."""
    claimed = _claims(batch, of)
    found = changed(seen.before, seen.broken).items()
    return [UnclaimedFailure(key, answer) for key, answer in found if key not in claimed]


def _claims(batch: Batch, of: Mapping[str, Expected]) -> frozenset[Key]:
    return frozenset[Key]().union(*(of[one.name].claims for one in batch))


def judge(
    batch: Batch, of: Mapping[str, Expected], seen: BatchObservation, seconds: Mapping[str, float], number: int
) -> list[FaultVerdict]:
    """Each mutation answers for its own claims; what nobody claims counts against its culprit.

    Where none is known, it counts against all that it can come from.
    """
    found = changed(seen.before, seen.broken)
    stray = strays(batch, of, seen)
    strange = frozenset() if isinstance(seen.plan, Refused) else seen.plan - _claims(batch, of)
    proved = []
    for mutation in batch:
        want = of[mutation.name]
        wrong = _answers(mutation, want, found, stray, seen)
        wrong += _plan(mutation, want, seen.plan, strange)
        bad = _healed(mutation, want, seen)
        first = next(iter(want.answers), None)
        caught = first is None or found.get(first) == want.answers[first]
        proved.append(
            FaultVerdict(
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


def _answers(
    mutation: Fault, want: Expected, found: Answers, stray: Collection[UnclaimedFailure], seen: BatchObservation
) -> list[str]:
    wrong = [f"{mutation.node}: another mutation of the batch undid it"] if mutation.name in seen.lost else []
    wrong += [
        f"{_name(key)}: wanted {answer}, found {found.get(key, 'no change')}{_said(seen.words, key)}"
        for key, answer in want.answers.items()
        if found.get(key) != answer
    ]
    return wrong + [
        f"{_name(one.key)}: {one.answer}, which nobody expected{_said(seen.words, one.key)}"
        for one in stray
        if one.may_come_from(mutation) and seen.culprits.get(one.key, mutation.name) == mutation.name
    ]


def _name(key: Key) -> str:
    return f"{key[0]}: {key[1]}"


def _said(words: Mapping[Key, str], key: Key) -> str:
    said = " ".join(words.get(key, "").split())[:LENGTH]
    return f": {said}" if said else ""


def _plan(mutation: Fault, want: Expected, plan: Planned | Refused, strange: Planned) -> list[str]:
    if isinstance(plan, Refused):
        if mutation.refuses and mutation.refuses in plan.words:
            return []
        return [f"plan: wanted {mutation.refuses or 'one'}, found pyinfra refusing: {plan.words[-600:]}"]
    if mutation.refuses:
        return [f"plan: wanted a refusal with {mutation.refuses!r}, found a plan"]
    wrong = [f"plan: {node}: wanted {operation}, found it unplanned" for node, operation in sorted(want.planned - plan)]
    return wrong + [f"plan: {node}: {operation}, which nobody expected" for node, operation in sorted(strange)]


def _healed(mutation: Fault, want: Expected, seen: BatchObservation) -> list[str]:
    bad = [f"{mutation.node}: it still shows after the heal"] if mutation.name in seen.still else []
    left = changed(seen.before, seen.after)
    bad += [
        f"healed: {_name(key)}: {answer}{_said(seen.words_after, key)}"
        for key, answer in left.items()
        if key[0] in (mutation.node, FLEET)
    ]
    if isinstance(seen.left, Refused):
        return [*bad, f"healed: pyinfra refuses: {seen.left.words[-600:]}"]
    return bad + [
        f"healed: plan: {node}: {operation}" for node, operation in sorted(seen.left) if node == mutation.node
    ]
