"""Which mutation of a batch an answer comes from that none of them claims: they are put on anew, one by one."""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from lab.fault_coverage.batches import Batch
from lab.fault_coverage.commands import FLEET, Answers
from lab.faults.fault import Fault

Key = tuple[str, str]


class UnclaimedFailure(NamedTuple):
    """An answer that nobody claims."""

    key: Key
    answer: str

    @property
    def component(self) -> str:
        """The component that asks it."""
        return self.key[1].split("/")[0]

    def may_come_from(self, mutation: Fault) -> bool:
        """Whether the mutation is on that node; what is asked between nodes may come from any."""
        return self.key[0] in (mutation.node, FLEET)


def trace(
    batch: Batch, strays: Collection[UnclaimedFailure], put: Callable[[Fault], object], ask: Callable[[], Answers]
) -> Mapping[Key, str]:
    """The mutation after which each stray answer first shows; without those that do not come again.

    put: put one more mutation on; ask: the answers then. Two that only together make it show are known by the second.
    """
    found: dict[Key, str] = {}
    for mutation in batch:
        put(mutation)
        wanted = [stray for stray in strays if stray.key not in found and stray.may_come_from(mutation)]
        if not wanted:
            continue
        answers = ask()
        found |= {stray.key: mutation.name for stray in wanted if answers.get(stray.key) == stray.answer}
        if len(found) == len(strays):
            break
    return found
