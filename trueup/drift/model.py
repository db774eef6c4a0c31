"""Define the record of a drift run: items, node state and the run itself."""

import hashlib
from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from trueup.accept import SkippedByTier, Tier
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
    """A node as the run found it; None where the node gave no value."""

    boot: str | None = None
    """Changes with every start."""
    machine: str | None = None
    """The content of /etc/machine-id."""
    packages: str | None = None
    """A hash of what is installed."""
    profile: str = ""
    """A hash of the profile's values."""
    simulated: bool = False
    """Whether the GPUs are the lab's stand-ins."""
    measures: dict[str, float] = Field(default_factory=dict)
    """Value by name; temperatures in degrees C, counters as NVML gives them."""


class Run(Record):
    """One run over a fleet."""

    key: str
    """Unique to the run."""
    started: float
    """Seconds since 1970, by the controller's clock."""
    seconds: float
    """Wall time."""
    kind: Literal["drift", "heal"] = "drift"
    """Whether `trueup heal` converged right before."""
    tier: Tier
    """How deep the run was."""
    components: tuple[str, ...] = ()
    """The selected components; empty for all."""
    only: tuple[str, ...] = ()
    """The selected nodes; empty for all."""
    complete: bool
    """Whether every selected check has a result."""
    fleet: tuple[str, ...]
    """The inventory's active nodes."""
    maintenance: dict[str, str] = Field(default_factory=dict)
    """Why each other node is left alone."""
    nodes: dict[str, NodeState]
    """The state of each node that the run covered."""
    versions: dict[str, str] = Field(default_factory=dict)
    """Version by tool."""
    items: tuple[DriftItem, ...]
    """Checks and planned operations."""
    measures: dict[str, float] = Field(default_factory=dict)
    """Measured values of the fleet, by name; GB/s."""

    @property
    def status(self) -> int:
        """The exit status that the items lead to."""
        return exit_status(item.outcome for item in self.items)


def digest(profile: Profile) -> str:
    """Hash the profile's values, so that an edit shows."""
    return hashlib.sha256(profile.model_dump_json().encode()).hexdigest()[:16]


def unreached(profile: Profile) -> NodeState:
    """Return the state of a node that did not answer."""
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
