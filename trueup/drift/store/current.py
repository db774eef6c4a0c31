"""Read the fleet's present state from the store."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from trueup.accept import Tier
from trueup.drift.evidence import MAX_AGE_S, Evidence, stale
from trueup.drift.model import FLEET
from trueup.drift.store.database import Store
from trueup.drift.store.encoding import unpack
from trueup.drift.store.schema import checks, coverages, items, nodes, periods, runs
from trueup.outcome import Outcome


@dataclass(frozen=True)
class CurrentItem:
    """One item as the history has it now."""

    node: str
    """The node's name, or "fleet"."""
    component: str
    """Its component."""
    check: str
    """The check's id."""
    kind: str
    """"check" or "plan"."""
    why: str
    """Which state causes which symptom."""
    outcome: Outcome
    """One of the four."""
    since: float | None = None
    """Since when it has this outcome, in seconds since 1970."""
    checked_at: float | None = None
    """When it was last checked, in seconds since 1970."""
    expected: str = ""
    """What the check asked for."""
    actual: str = ""
    """What the check found."""
    remedy: str = ""
    """What mends it."""
    notes: str = ""
    """Warnings, one a line."""
    stale: str = ""
    """Why the last result no longer counts; empty where it does."""


@dataclass(frozen=True)
class LastRun:
    """The last run in the history."""

    number: int
    """Its id."""
    started: float
    """Seconds since 1970."""
    seconds: float
    """Wall time."""
    tier: str
    """How deep it was."""
    status: int
    """Its exit status."""


def last_run(store: Store) -> LastRun | None:
    """None where nothing was ever stored. Raises StoreError."""
    with store.reading() as db:
        row = db.execute(select(runs).order_by(runs.c.id.desc()).limit(1)).first()
    return LastRun(row.id, row.started, row.seconds, row.tier, row.status) if row else None


def fleet_now(store: Store, at: float) -> tuple[CurrentItem, ...]:
    """Every item of the nodes that count, as of ``at``; what is stale could not be looked at. Raises StoreError."""
    with store.reading() as db:
        checked_at = _last_checked(db, at)
        rows = db.execute(
            select(
                items.c.id,
                items.c.boot,
                nodes.c.name.label("node"),
                nodes.c.boot.label("node_boot"),
                checks.c.name,
                checks.c.component,
                checks.c.kind,
                checks.c.tier,
                checks.c.why,
                periods.c.outcome,
                periods.c.expected,
                periods.c.actual,
                periods.c.remedy,
                periods.c.notes,
                runs.c.started,
            )
            .select_from(items)
            .join(nodes, items.c.node == nodes.c.id)
            .join(checks, items.c.check_id == checks.c.id)
            .outerjoin(periods, (periods.c.item == items.c.id) & periods.c.until.is_(None))
            .outerjoin(runs, periods.c.since == runs.c.id)
            .where(items.c.retired == 0, nodes.c.removed == 0, nodes.c.maintenance == "")
            .order_by(nodes.c.name, checks.c.component, checks.c.name)
        ).all()
        known = {
            row.id: row.started
            for row in db.execute(select(items.c.id, runs.c.started).join(runs, items.c.first_run == runs.c.id))
        }
    found = []
    for row in rows:
        outcome = Outcome(row.outcome or Outcome.UNKNOWN)
        tier, last = Tier(row.tier), checked_at.get(row.id)
        reason = "" if row.outcome is None else stale(Evidence(outcome, tier, last, row.boot), at, row.node_boot)
        if row.outcome is None:
            # Known to exist, but only to a deeper tier: it may wait for its first check as long as an answer stands.
            if at - known[row.id] < MAX_AGE_S[tier]:
                continue
            reason = f"never checked: no run of the tier {tier} yet"
        shown = Outcome.UNKNOWN if reason and outcome is not Outcome.FAIL else outcome
        told = (row.expected or "", row.actual or "", row.remedy or "", row.notes or "")
        found.append(
            CurrentItem(row.node, row.component, row.name, row.kind, row.why, shown, row.started, last, *told, reason)
        )
    return tuple(found)


def _last_checked(db: Connection, at: float) -> dict[int, float]:
    """Return when each item was last checked, from recent runs' shared sets."""
    recent = at - max(MAX_AGE_S.values()) * 1.1
    last = (
        select(runs.c.coverage, func.max(runs.c.id).label("run"))
        .where(runs.c.started > recent)
        .group_by(runs.c.coverage)
        .subquery()
    )
    rows = db.execute(
        select(coverages.c.packed, runs.c.started)
        .join(last, coverages.c.id == last.c.coverage)
        .join(runs, runs.c.id == last.c.run)
        .order_by(last.c.run)
    )
    found: dict[int, float] = {}
    for row in rows:
        found.update(dict.fromkeys(unpack(row.packed), row.started))
    return found


def nodes_now(store: Store) -> dict[str, tuple[str, bool]]:
    """The nodes of the inventory at the last run: why each is left alone, or "", and whether it is a stand-in."""
    with store.reading() as db:
        rows = db.execute(select(nodes).where(nodes.c.removed == 0, nodes.c.name != FLEET).order_by(nodes.c.name)).all()
    return {row.name: (row.maintenance, bool(row.simulated)) for row in rows}
