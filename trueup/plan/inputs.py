"""Read the inputs of plan and solve; report all failures as one Refusal."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from trueup.compat import NodeFacts, declared_facts
from trueup.declaration import Fleet, Profile, Refusal, load_fleet, profiles_of
from trueup.plan.node_facts import probe


@dataclass(frozen=True)
class PlanInputs:
    """Hold a fleet, each node's profile, and each active node's facts."""

    fleet: Fleet
    profiles: Mapping[str, Profile]
    facts: Mapping[str, NodeFacts]


def read(inventory: Path) -> PlanInputs:
    """The two files, with the facts that the inventory declares; raises Refusal."""
    fleet = load_fleet(inventory)
    facts = {node.name: declared_facts(node) for node in fleet.active}
    return PlanInputs(fleet, profiles_of(fleet), facts)


def ask(inputs: PlanInputs, console: Console) -> PlanInputs:
    """Add the facts of every node; raise Refusal if a probe fails."""
    if not inputs.fleet.active:
        return inputs
    status: AbstractContextManager[object] = console.status(f"asking {len(inputs.fleet.active)} nodes")
    with status:
        facts, failed = probe(inputs.fleet.active)
    if failed:
        lines = [f"{name}: unknown: {why}" for name, why in failed.items()]
        raise Refusal("nodes that did not answer (--offline judges the inventory alone)", lines)
    return PlanInputs(inputs.fleet, inputs.profiles, facts)
