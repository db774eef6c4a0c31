"""Which mutations can be on at once: those of which no two claim the same check or operation of a node.

Then what each of them did can still be told apart, and one look serves them all.
"""

from collections.abc import Mapping, Sequence

from lab.fault_coverage.expected import Expected
from lab.faults.fault import Fault
from trueup.accept.tiers import Tier

# More at once would still be told apart, but what goes wrong with one would be hard to find.
MOST = 45
Batch = tuple[Fault, ...]


def batches(mutations: Sequence[Fault], of: Mapping[str, Expected], tiers: Mapping[str, Tier]) -> list[Batch]:
    """Every mutation once, each into the first batch where it disturbs nobody.

    A batch is of one tier: what also follows from a mutation in a deeper one is not asked, and disturbs nobody there.
    Those that span a component come first, then those with the most claims.
    """
    return [batch for tier in Tier for batch in _of_one([one for one in mutations if tiers[one.name] == tier], of)]


def _of_one(mutations: Sequence[Fault], of: Mapping[str, Expected]) -> list[Batch]:
    found: list[list[Fault]] = []
    for mutation in sorted(mutations, key=lambda one: (not one.spans, -len(of[one.name].claims))):
        component = next((batch for batch in found if _goes_with(mutation, batch, of)), None)
        if component is None:
            found.append([mutation])
        else:
            component.append(mutation)
    return [tuple(batch) for batch in found]


def _goes_with(mutation: Fault, batch: Sequence[Fault], of: Mapping[str, Expected]) -> bool:
    # What converge refuses hides what it would plan.
    if len(batch) == MOST or mutation.refuses or any(other.refuses for other in batch):
        return False
    return not any(_in_the_way(mutation, other, of) or _in_the_way(other, mutation, of) for other in batch)


def _in_the_way(one: Fault, other: Fault, of: Mapping[str, Expected]) -> bool:
    if "*" in one.spans:
        return True
    theirs = of[other.name].claims
    if one.node == other.node and any(name.split("/")[0].split(" |")[0] in one.spans for _, name in theirs):
        return True
    if any(take in other.takes for take in one.takes if one.node == other.node or ":" in take):
        return True
    return not of[one.name].claims.isdisjoint(theirs)
