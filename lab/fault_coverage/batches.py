"""Batch the faults that can be injected at once: no two claim the same check or operation of a node.

What each fault changed can then still_there be told apart, and one acceptance run serves the whole batch.
"""

from collections.abc import Mapping, Sequence

from lab.fault_coverage.expected import Expected
from lab.faults.fault import Fault
from trueup.accept import Tier

# More could still be told apart, but an error in one would be hard to find.
MOST = 45
Batch = tuple[Fault, ...]


def batches(faults: Sequence[Fault], of: Mapping[str, Expected], tiers: Mapping[str, Tier]) -> list[Batch]:
    """Put every fault into the first batch where it conflicts with no other.

    A batch has one tier: checks of a deeper tier are not run, so that claims on them conflict with nothing.
    Faults that rebuild a component come first, then those with the most claims.
    """
    return [batch for tier in Tier for batch in _of_one([one for one in faults if tiers[one.name] == tier], of)]


def _of_one(faults: Sequence[Fault], of: Mapping[str, Expected]) -> list[Batch]:
    found: list[list[Fault]] = []
    for fault in sorted(faults, key=lambda one: (not one.rebuilds, -len(of[one.name].claims))):
        free = next((batch for batch in found if _fits(fault, batch, of)), None)
        if free is None:
            found.append([fault])
        else:
            free.append(fault)
    return [tuple(batch) for batch in found]


def _fits(fault: Fault, batch: Sequence[Fault], of: Mapping[str, Expected]) -> bool:
    # What converge refuses hides what it would plan.
    if len(batch) == MOST or fault.refuses or any(other.refuses for other in batch):
        return False
    return not any(_conflicts(fault, other, of) or _conflicts(other, fault, of) for other in batch)


def _conflicts(one: Fault, other: Fault, of: Mapping[str, Expected]) -> bool:
    if "*" in one.rebuilds:
        return True
    theirs = of[other.name].claims
    if one.node == other.node and any(name.split("/")[0].split(" |")[0] in one.rebuilds for _, name in theirs):
        return True
    shared = set(one.exclusive_resources).intersection(other.exclusive_resources)
    if any(one.node == other.node or ":" in resource for resource in shared):
        return True
    return not of[one.name].claims.isdisjoint(theirs)
