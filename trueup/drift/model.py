"""One drift run as a record, before it is a history, a page, JSON or an alert."""

import hashlib
from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from trueup.accept.tiers import SkippedByTier, Tier
from trueup.declaration.profile import Profile
from trueup.declaration.types import Record
from trueup.outcome import CheckResult, Outcome
from trueup.plan.dry_run import Change

Kind = Literal["check", "plan"]
FLEET = "fleet"
CONVERGE = "trueup heal converges what drifted, after showing the plan"


class DriftItem(Record):
    """One question about one node and its answer.

    node: a node's name, or "fleet" for what holds between nodes. name: "component/what[parameter]".
    outcome: one of the four; None where this run's tier did not ask. seconds: of the check itself.
    looks: what each look of this run said, where it was looked at again.
    """

    node: str
    component: str
    name: str
    kind: Kind = "check"
    tier: Tier = Tier.QUICK
    outcome: Outcome | None
    why: str = ""
    wanted: str = ""
    found: str = ""
    remedy: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    looks: tuple[Outcome, ...] = ()


class NodeState(Record):
    """A node as the run found it; None where it could not be told.

    boot: changes with every start. machine: /etc/machine-id. packages: hash of what is installed.
    profile: hash of the profile's values. simulated: its GPUs are the lab's stand-in.
    measures: name -> value; temperatures in degrees C, counters as NVML gives them.
    """

    boot: str | None = None
    machine: str | None = None
    packages: str | None = None
    profile: str = ""
    simulated: bool = False
    measures: dict[str, float] = Field(default_factory=dict)


class Run(Record):
    """One look at a fleet.

    key: unique. started: seconds since 1970, as this machine's clock said. components, only: what was asked for, or ()
    for all. complete: every selected check gave its answer. fleet: the inventory's active nodes; maintenance: why the
    others are left alone. versions: of the tools. measures: of the fleet; GB/s.
    """

    key: str
    started: float
    seconds: float
    kind: Literal["drift", "heal"] = "drift"
    tier: Tier
    components: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    complete: bool
    fleet: tuple[str, ...]
    maintenance: dict[str, str] = Field(default_factory=dict)
    nodes: dict[str, NodeState]
    versions: dict[str, str] = Field(default_factory=dict)
    items: tuple[DriftItem, ...]
    measures: dict[str, float] = Field(default_factory=dict)


def digest(profile: Profile) -> str:
    """Of the profile's values, so that an edit shows; the order of keys does not count."""
    return hashlib.sha256(profile.model_dump_json().encode()).hexdigest()[:16]


def unseen(profile: Profile) -> NodeState:
    """A node that did not answer: its checks say so, and why."""
    return NodeState(profile=digest(profile), simulated=profile.accelerator == "simulated")


def of_answer(answer: CheckResult) -> DriftItem:
    """A check's answer."""
    return DriftItem(
        node=answer.node,
        component=answer.component,
        name=answer.check,
        tier=Tier(answer.tier),
        outcome=answer.outcome,
        why=answer.why,
        wanted=answer.expected,
        found=answer.actual,
        remedy=answer.remedy,
        notes=answer.notes,
        seconds=answer.seconds,
    )


def of_left_out(left: SkippedByTier) -> DriftItem:
    """A check that a deeper tier would ask."""
    return DriftItem(
        node=left.node, component=left.component, name=left.check, tier=left.tier, outcome=None, why=left.why
    )


def of_change(change: Change, nodes: Iterable[str]) -> list[DriftItem]:
    """A planned operation on each node: in order where it would change nothing."""
    component, _, what = change.operation.partition(" | ")
    component, what = (component, what) if what else ("plan", component)
    return [
        DriftItem(
            node=node,
            component=component,
            name=f"{component}/plan: {what}",
            kind="plan",
            outcome=Outcome.FAIL if node in change.nodes else Outcome.PASS,
            why="converge would change it: the node is not as declared",
            wanted="nothing to change" if node in change.nodes else "",
            found=f"pending: {change.operation}" if node in change.nodes else "",
            remedy=CONVERGE if node in change.nodes else "",
        )
        for node in nodes
    ]


def status_of(items: Iterable[DriftItem]) -> int:
    """0 in sync, 1 drift, 2 could not look, which wins; an item that the tier left out counts for nothing."""
    outcomes = {item.outcome for item in items}
    if Outcome.UNKNOWN in outcomes:
        return 2
    return 1 if Outcome.FAIL in outcomes else 0
