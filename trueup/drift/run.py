"""One drift run: what is planned, what is checked, which boot it was; as one record."""

import os
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.metadata import version
from typing import Literal

from trueup.accept.tiers import Tier
from trueup.declaration import Fleet, Node, Profile, Refusal, load_fleet, profiles_of
from trueup.drift.collect import Collected, RunRequest, checks, plan
from trueup.drift.evidence import FLAKY, family
from trueup.drift.model import DriftItem, NodeState, Run, unseen
from trueup.outcome import Outcome

# Its ranks fill the network and the nodes' cores: nothing else looks meanwhile.
COLLECTIVE = "allreduce"
TOOLS = ("trueup", "pyinfra", "pytest")
# Up to so many nodes one process looks quickly; measured on a pair: 2.4 s of CPU against 4.6 s with a worker each.
FEW = 4
Tell = Callable[[str], None]


def look(
    question: RunRequest,
    tell: Tell,
    kind: Literal["drift", "heal"] = "drift",
    meanwhile: Callable[[], object] = lambda: None,
) -> Run:
    """Look at the fleet; ``tell`` is given a line for each step. Raises Refusal where the declaration is wrong.

    meanwhile: what else is to be done until the answers are there, in a thread of its own.
    """
    fleet = load_fleet(question.inventory)
    profiles = profiles_of(fleet)
    chosen = _chosen(fleet, question)
    nodes = tuple(fleet.node(name) for name in chosen)
    started, clock = time.time(), time.monotonic()
    with ThreadPoolExecutor() as pool:
        # Only the whole of the checks asks each node for all that a record keeps of it.
        seeing = pool.submit(_see, nodes, profiles) if question.components else None
        planning = pool.submit(plan, question, chosen)
        if question.tier is not Tier.QUICK and (not question.components or COLLECTIVE in question.components):
            tell(f"asking {len(chosen)} nodes what converge would change")
            planning.result()
        tell(f"looking at {len(chosen)} nodes")
        beside = pool.submit(meanwhile)
        asked = again(question, checks(question, _workers(question.tier, len(chosen))), tell)
        planned, _ = planning.result(), beside.result()
        seen = seeing.result() if seeing else {n.name: asked.seen.get(n.name, unseen(profiles[n.name])) for n in nodes}
    return Run(
        key=uuid.uuid4().hex,
        started=started,
        seconds=time.monotonic() - clock,
        kind=kind,
        tier=question.tier,
        components=question.components,
        only=question.only,
        complete=asked.complete,
        fleet=tuple(node.name for node in fleet.active),
        maintenance={node.name: node.maintenance or "" for node in fleet.maintenance},
        nodes=seen,
        versions={name: version(name) for name in TOOLS},
        items=(*planned.items, *asked.items),
        measures=asked.measures,
    )


def _see(nodes: tuple[Node, ...], profiles: Mapping[str, Profile]) -> dict[str, NodeState]:
    # Seldom needed, and its libraries would keep the two that look from starting.
    from trueup.drift.node_state import see

    return see(nodes, profiles)


def _chosen(fleet: Fleet, question: RunRequest) -> tuple[str, ...]:
    known = [node.name for node in fleet.nodes]
    unknown = sorted(set(question.only) - set(known))
    if unknown:
        raise Refusal("--node", [f"no such node: {', '.join(unknown)}; the inventory has {', '.join(known)}"])
    chosen = tuple(node.name for node in fleet.active if not question.only or node.name in question.only)
    if not chosen:
        raise Refusal("the fleet", ["no node to look at: every node that was asked for is out"])
    return chosen


def _workers(tier: Tier, nodes: int) -> int:
    cores = os.cpu_count() or 1
    # A quick look is over before a second worker would have read its libraries.
    if tier is Tier.QUICK and nodes <= FEW:
        return 1
    # A node's checks mostly wait for the node: one worker each, as far as this machine's cores carry them.
    return min(nodes, 2 * cores)


def again(question: RunRequest, first: Collected, tell: Tell) -> Collected:
    """Look once more at failures of a flaky kind; the second look decides, and the first is kept as a note."""
    doubtful = {
        (item.node, item.check): item
        for item in first.items
        if item.outcome is Outcome.FAIL and family(item.check) in FLAKY
    }
    if not doubtful:
        return first
    names = sorted({family(name).partition("/")[2] for _, name in doubtful})
    components = tuple(sorted({item.component for item in doubtful.values()}))
    tell(f"looking again at {', '.join(names)}")
    narrow = replace(question, components=components)
    second = {
        (item.node, item.check): item for item in checks(narrow, 1, " or ".join(f"test_{n}" for n in names)).items
    }
    decided = tuple(
        _decide(item, second.get((item.node, item.check))) if (item.node, item.check) in doubtful else item
        for item in first.items
    )
    return replace(first, items=decided)


def _decide(first: DriftItem, second: DriftItem | None) -> DriftItem:
    if second is None or second.outcome is None or first.outcome is None:
        return first
    attempts = (first.outcome, second.outcome)
    if second.outcome is Outcome.FAIL:
        return second.model_copy(update={"attempts": attempts})
    note = f"failed at the first attempt, not at the second: {first.actual}"
    return second.model_copy(update={"attempts": attempts, "notes": (*second.notes, note)})
