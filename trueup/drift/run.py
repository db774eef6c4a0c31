"""Collect one drift run: the dry plan, the checks and the nodes' state, as one record."""

import os
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.metadata import version
from typing import Literal

from trueup.accept import Tier
from trueup.declaration import Fleet, Node, Profile, Refusal, load_fleet, profiles_of
from trueup.drift.collect import Collected, RunRequest, run_checks, run_plan
from trueup.drift.evidence import FLAKY, family
from trueup.drift.model import DriftItem, NodeState, Run, unreached
from trueup.outcome import Outcome

# Its ranks fill the network and the nodes' cores: nothing else looks meanwhile.
COLLECTIVE = "allreduce"
TOOLS = ("trueup", "pyinfra", "pytest")
# Up to so many nodes one process looks quickly; measured on a pair: 2.4 s of CPU against 4.6 s with a worker each.
SMALL_FLEET = 4
Progress = Callable[[str], None]


def collect_run(
    request: RunRequest,
    progress: Progress,
    kind: Literal["drift", "heal"] = "drift",
    meanwhile: Callable[[], object] = lambda: None,
) -> Run:
    """Run the dry plan and the checks, and return them as one record.

    Args:
        request: What to run, where.
        progress: Is given a line for each step.
        kind: Whether a heal ran before.
        meanwhile: Runs in a thread of its own while the nodes answer.

    Raises:
        Refusal: The declaration is wrong.
    """
    fleet = load_fleet(request.inventory)
    profiles = profiles_of(fleet)
    chosen = _chosen(fleet, request)
    nodes = tuple(fleet.node(name) for name in chosen)
    started, clock = time.time(), time.monotonic()
    with ThreadPoolExecutor() as pool:
        # Only the whole of the checks asks each node for all that a record keeps of it.
        states = pool.submit(_node_states, nodes, profiles) if request.components else None
        planning = pool.submit(run_plan, request, chosen)
        if request.tier is not Tier.QUICK and (not request.components or COLLECTIVE in request.components):
            progress(f"planning on {len(chosen)} nodes")
            planning.result()
        progress(f"checking {len(chosen)} nodes")
        background = pool.submit(meanwhile)
        collected = retry_flaky(request, run_checks(request, _workers(request.tier, len(chosen))), progress)
        planned, _ = planning.result(), background.result()
        found = states.result() if states else collected.node_states
    return Run(
        key=uuid.uuid4().hex,
        started=started,
        seconds=time.monotonic() - clock,
        kind=kind,
        tier=request.tier,
        components=request.components,
        only=request.only,
        complete=collected.complete,
        fleet=tuple(node.name for node in fleet.active),
        maintenance={node.name: node.maintenance or "" for node in fleet.maintenance},
        nodes={node.name: found.get(node.name, unreached(profiles[node.name])) for node in nodes},
        versions={name: version(name) for name in TOOLS},
        items=(*planned.items, *collected.items),
        measures=collected.measures,
    )


def _node_states(nodes: tuple[Node, ...], profiles: Mapping[str, Profile]) -> dict[str, NodeState]:
    # Seldom needed, and its libraries would keep the two that look from starting.
    from trueup.drift.node_state import collect_node_states

    return collect_node_states(nodes, profiles)


def _chosen(fleet: Fleet, request: RunRequest) -> tuple[str, ...]:
    known = [node.name for node in fleet.nodes]
    unknown = sorted(set(request.only) - set(known))
    if unknown:
        raise Refusal("--node", [f"no such node: {', '.join(unknown)}; the inventory has {', '.join(known)}"])
    chosen = tuple(node.name for node in fleet.active if not request.only or node.name in request.only)
    if not chosen:
        raise Refusal("the fleet", ["no node to look at: every node that was collected for is out"])
    return chosen


def _workers(tier: Tier, nodes: int) -> int:
    cores = os.cpu_count() or 1
    # A quick look is over before a second worker would have read its libraries.
    if tier is Tier.QUICK and nodes <= SMALL_FLEET:
        return 1
    # A node's checks mostly wait for the node: one worker each, as far as this machine's cores carry them.
    return min(nodes, 2 * cores)


def retry_flaky(request: RunRequest, first: Collected, progress: Progress) -> Collected:
    """Retry failed checks of a flaky kind; the second attempt decides, a note keeps the first."""
    doubtful = {
        (item.node, item.check): item
        for item in first.items
        if item.outcome is Outcome.FAIL and family(item.check) in FLAKY
    }
    if not doubtful:
        return first
    names = sorted({family(name).partition("/")[2] for _, name in doubtful})
    components = tuple(sorted({item.component for item in doubtful.values()}))
    progress(f"checking again: {', '.join(names)}")
    narrow = replace(request, components=components)
    second = {
        (item.node, item.check): item for item in run_checks(narrow, 1, " or ".join(f"test_{n}" for n in names)).items
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
