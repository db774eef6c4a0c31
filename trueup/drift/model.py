"""One drift run as a record, before it is a history, a page, JSON or an alert."""

import hashlib
from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from trueup.accept.tiers import SkippedByTier, Tier
from trueup.declaration import Profile, Record
from trueup.outcome import CheckResult, Outcome, exit_status
from trueup.plan import Change

Kind = Literal["check", "plan"]
FLEET = "fleet"
# The outcomes of a check that is not in order.
WRONG = (Outcome.FAIL, Outcome.UNKNOWN)
CONVERGE = "trueup heal converges what drifted, after showing the plan"


class DriftItem(CheckResult):
    """One check, or one planned operation, on one node, as a run found it."""

    kind: Kind = "check"
    """Whether a check or pyinfra's dry plan gave the outcome."""
    outcome: Outcome | None  # type: ignore[assignment]  # a deeper tier's check is listed, and has no outcome yet
    """One of the four; None where only a deeper tier runs the check."""
    why: str = ""
    """Which state causes which symptom, or why the check does not apply."""
    tier: Tier = Tier.QUICK
    """The least deep tier that runs the check."""
    attempts: tuple[Outcome, ...] = ()
    """The outcome of each attempt, where the check was tried again."""


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

    @property
    def status(self) -> int:
        """The exit status that the items lead to."""
        return exit_status(item.outcome for item in self.items)


def digest(profile: Profile) -> str:
    """Of the profile's values, so that an edit shows; the order of keys does not count."""
    return hashlib.sha256(profile.model_dump_json().encode()).hexdigest()[:16]


def unseen(profile: Profile) -> NodeState:
    """A node that did not answer: its checks say so, and why."""
    return NodeState(profile=digest(profile), simulated=profile.accelerator == "simulated")


def from_result(result: CheckResult) -> DriftItem:
    """Convert a check's result."""
    values = {name: getattr(result, name) for name in CheckResult.model_fields}
    return DriftItem(**{**values, "tier": Tier(result.tier)})


def from_skipped(left: SkippedByTier) -> DriftItem:
    """Convert a check that only a deeper tier runs."""
    return DriftItem(
        node=left.node, component=left.component, check=left.check, tier=left.tier, outcome=None, why=left.why
    )


def from_change(change: Change, nodes: Iterable[str]) -> list[DriftItem]:
    """Convert a planned operation: on each node, pass where it changes nothing."""
    component, _, what = change.operation.partition(" | ")
    component, what = (component, what) if what else ("plan", component)
    return [
        DriftItem(
            node=node,
            component=component,
            check=f"{component}/plan: {what}",
            kind="plan",
            outcome=Outcome.FAIL if node in change.nodes else Outcome.PASS,
            why="converge would change it: the node is not as declared",
            expected="nothing to change" if node in change.nodes else "",
            actual=f"pending: {change.operation}" if node in change.nodes else "",
            remedy=CONVERGE if node in change.nodes else "",
        )
        for node in nodes
    ]
