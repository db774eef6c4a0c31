"""The diagnosis: quick looks from each node to each other, read rung by rung; the first broken one is named.

The order is that of cause: a name that is wrong breaks everything above it.
"""

from collections.abc import Callable, Iterator, Sequence

from trueup.collective import node_rungs, rungs
from trueup.collective.finding import Context, Finding
from trueup.collective.looks import Looks
from trueup.collective.plan import Member

BUSY_LOAD = 2.0

RUNGS: tuple[Callable[[Context], Iterator[Finding]], ...] = (
    node_rungs.answers,
    rungs.names,
    rungs.interface,
    rungs.link,
    rungs.route,
    rungs.mtu,
    rungs.loss,
    rungs.holder,
    rungs.rendezvous,
    rungs.ephemeral,
    node_rungs.shm,
    node_rungs.gpus,
    node_rungs.clock,
)


def climb(members: Sequence[Member], looks: Looks) -> tuple[Finding, ...]:
    """All findings of the first broken rung; empty when every rung holds."""
    context = Context(tuple(members), looks)
    for rung in RUNGS:
        findings = tuple(rung(context))
        if findings:
            return findings
    return ()


def notes(members: Sequence[Member], looks: Looks) -> tuple[str, ...]:
    """What is no fault and may explain one: load, and packets that could not be tried."""
    context = Context(tuple(members), looks)
    busy = [
        f"{here.name}: load {look.load:.1f} a core: the job will be late"
        for here, look in context.seen()
        if look.load > BUSY_LOAD
    ]
    deaf = [
        f"{here.name} -> {there.name}: UDP is not answered, so the MTU of the path was not tried"
        for here, there, peer in context.pairs()
        if peer.small is not True
    ]
    return (*busy, *deaf)
