"""Find the fault that caused an unclaimed failure by injecting the batch again, one fault at a time."""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from lab.fault_coverage.batches import Batch
from lab.fault_coverage.commands import FLEET, Answers
from lab.faults.fault import Fault

Key = tuple[str, str]


class UnclaimedFailure(NamedTuple):
    """A changed result that no fault of the batch claims."""

    key: Key
    answer: str

    @property
    def component(self) -> str:
        """The component of the check."""
        return self.key[1].split("/")[0]

    def may_come_from(self, fault: Fault) -> bool:
        """Return whether the fault can cause it: any can cause the failure of a check between nodes."""
        return self.key[0] in (fault.node, FLEET)


def attribute(
    batch: Batch,
    unclaimed: Collection[UnclaimedFailure],
    inject: Callable[[Fault], object],
    accept: Callable[[], Answers],
) -> Mapping[Key, str]:
    """Map each unclaimed failure to the fault after whose injection it first shows; leave out those that do not recur.

    A failure that takes two faults is attributed to the second.

    Args:
        inject: injects one more fault.
        accept: the results after that.
    """
    found: dict[Key, str] = {}
    for fault in batch:
        inject(fault)
        missing = [failure for failure in unclaimed if failure.key not in found and failure.may_come_from(fault)]
        if not missing:
            continue
        answers = accept()
        found |= {failure.key: fault.name for failure in missing if answers.get(failure.key) == failure.answer}
        if len(found) == len(unclaimed):
            break
    return found
