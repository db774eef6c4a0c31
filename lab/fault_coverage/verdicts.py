"""Evaluate what a batch's runs showed: one verdict on each of its faults. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from lab.fault_coverage.attribution import Key, UnclaimedFailure
from lab.fault_coverage.batches import Batch
from lab.fault_coverage.commands import FLEET, Answers, Planned, Refused
from lab.fault_coverage.expected import Expected
from lab.fault_coverage.result import FaultVerdict
from lab.faults.fault import Fault

# Characters of a check's message; expected and actual come first.
MESSAGE_LENGTH = 400


@dataclass(frozen=True)
class BatchObservation:
    """What acceptance and the dry plan said of a batch: before, with the faults in place, and after the repair."""

    before: Answers
    """The results of the healthy pair."""
    broken: Answers
    """The results with the faults in place."""
    plan: Planned | Refused
    """The dry plan with the faults in place."""
    after: Answers
    """The results after the repair."""
    plan_after: Planned | Refused
    """The dry plan after the repair."""
    still_there: frozenset[str]
    """The faults that are still in place after the repair."""
    overwritten: frozenset[str] = frozenset()
    """The faults that another one of the batch undid."""
    messages: Mapping[Key, str] = field(default_factory=dict)
    """The messages of the checks that failed with the faults in place."""
    messages_after: Mapping[Key, str] = field(default_factory=dict)
    """The messages of the checks that failed after the repair."""
    attributed: Mapping[Key, str] = field(default_factory=dict)
    """The fault that caused each unclaimed failure, where it is known."""


def changed(before: Answers, after: Answers) -> Answers:
    """Return the results that differ from before, and those that are missing."""
    missing = {key: "no answer" for key in before if key not in after}
    return {key: answer for key, answer in after.items() if answer != before.get(key)} | missing


def unclaimed(batch: Batch, of: Mapping[str, Expected], observed: BatchObservation) -> list[UnclaimedFailure]:
    """Return the changed results that no fault of the batch claims."""
    claimed = _claims(batch, of)
    found = changed(observed.before, observed.broken).items()
    return [UnclaimedFailure(key, answer) for key, answer in found if key not in claimed]


def _claims(batch: Batch, of: Mapping[str, Expected]) -> frozenset[Key]:
    return frozenset[Key]().union(*(of[one.name].claims for one in batch))


def evaluate(
    batch: Batch, of: Mapping[str, Expected], observed: BatchObservation, seconds: Mapping[str, float], number: int
) -> list[FaultVerdict]:
    """Return a verdict on each fault of the batch.

    An unclaimed failure counts against the fault that caused it; where that is not known, against every fault that can
    have caused it.
    """
    found = changed(observed.before, observed.broken)
    failures = unclaimed(batch, of, observed)
    unclaimed_operations = frozenset() if isinstance(observed.plan, Refused) else observed.plan - _claims(batch, of)
    verdicts = []
    for fault in batch:
        want = of[fault.name]
        problems = _answers(fault, want, found, failures, observed)
        problems += _plan(fault, want, observed.plan, unclaimed_operations)
        bad = _healed(fault, want, observed)
        first = next(iter(want.answers), None)
        caught = first is None or found.get(first) == want.answers[first]
        verdicts.append(
            FaultVerdict(
                name=fault.name,
                node=fault.node,
                batch=number,
                caught=caught,
                exact=not problems,
                healed=not bad,
                seconds=round(seconds[fault.name], 2),
                problems=(*problems, *bad),
            )
        )
    return verdicts


def _answers(
    fault: Fault, want: Expected, found: Answers, failures: Collection[UnclaimedFailure], observed: BatchObservation
) -> list[str]:
    problems = [f"{fault.node}: another fault of the batch undid it"] if fault.name in observed.overwritten else []
    problems += [
        f"{_name(key)}: wanted {answer}, found {found.get(key, 'no change')}{_message(observed.messages, key)}"
        for key, answer in want.answers.items()
        if found.get(key) != answer
    ]
    return problems + [
        f"{_name(one.key)}: {one.answer}, which no fault claims{_message(observed.messages, one.key)}"
        for one in failures
        if one.may_come_from(fault) and observed.attributed.get(one.key, fault.name) == fault.name
    ]


def _name(key: Key) -> str:
    return f"{key[0]}: {key[1]}"


def _message(messages: Mapping[Key, str], key: Key) -> str:
    message = " ".join(messages.get(key, "").split())[:MESSAGE_LENGTH]
    return f": {message}" if message else ""


def _plan(fault: Fault, want: Expected, plan: Planned | Refused, unclaimed_operations: Planned) -> list[str]:
    if isinstance(plan, Refused):
        if fault.refuses and fault.refuses in plan.messages:
            return []
        return [f"plan: wanted {fault.refuses or 'one'}, found pyinfra refusing: {plan.messages[-600:]}"]
    if fault.refuses:
        return [f"plan: wanted a refusal with {fault.refuses!r}, found a plan"]
    problems = [
        f"plan: {node}: wanted {operation}, found it unplanned" for node, operation in sorted(want.planned - plan)
    ]
    return problems + [
        f"plan: {node}: {operation}, which no fault claims" for node, operation in sorted(unclaimed_operations)
    ]


def _healed(fault: Fault, want: Expected, observed: BatchObservation) -> list[str]:
    bad = [f"{fault.node}: it is still there after the repair"] if fault.name in observed.still_there else []
    not_healed = changed(observed.before, observed.after)
    bad += [
        f"healed: {_name(key)}: {answer}{_message(observed.messages_after, key)}"
        for key, answer in not_healed.items()
        if key[0] in (fault.node, FLEET)
    ]
    if isinstance(observed.plan_after, Refused):
        return [*bad, f"healed: pyinfra refuses: {observed.plan_after.messages[-600:]}"]
    return bad + [
        f"healed: plan: {node}: {operation}" for node, operation in sorted(observed.plan_after) if node == fault.node
    ]
