"""Read incidents: when each check drifted and healed, and what changed with it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from trueup.drift.store.database import Store
from trueup.drift.store.encoding import WRONG
from trueup.drift.store.schema import checks, events, items, nodes, periods, runs

# An item that drifted this often within the time query about is flapping: mending it again mends nothing.
FLAPPING = 3
# A statement of an old SQLite holds no more values than 999.
IN_ONE = 500


@dataclass(frozen=True)
class Incident:
    """One time in which a check was not in order."""

    node: str
    """The node's name, or "fleet"."""
    component: str
    """Its component."""
    check: str
    """The check's id."""
    outcome: str
    """The last outcome of the incident."""
    drifted: float
    """When it began, in seconds since 1970."""
    healed: float | None
    """When it ended; None while it lasts."""
    seconds: float
    """How long."""
    expected: str
    """What the check asked for."""
    actual: str
    """What the check found."""
    remedy: str
    """What mends it."""
    changed: tuple[str, ...]
    """Events of the run that saw it first."""
    healed_with: tuple[str, ...]
    """Events of the run that saw it end."""
    times: int
    """How often the check drifted in the time of the query."""

    @property
    def flapping(self) -> bool:
        """Whether it drifted again and again."""
        return self.times >= FLAPPING


@dataclass(frozen=True)
class HistoryQuery:
    """Which incidents to read."""

    now: float
    """As of when, in seconds since 1970."""
    node: str | None = None
    """Only this node; None for all."""
    component: str | None = None
    """Only this component; None for all."""
    since: float = 0.0
    """Only incidents that had not ended then."""


def incidents(store: Store, query: HistoryQuery) -> tuple[Incident, ...]:
    """Every incident that had not ended before ``query.since``, the latest first. Raises StoreError."""
    with store.reading() as db:
        groups = list(_groups(_rows(db, query)))
        happened = _events(db, {n for group in groups for n in (group[0].since, group[-1].until) if n is not None})
    # Only what the time query about still touched.
    kept = [group for group in groups if group[-1].ended is None or group[-1].ended >= query.since]
    times = Counter(group[0].item for group in kept)
    found = [_incident(group, happened, times[group[0].item], query.now) for group in kept]
    return tuple(sorted(found, key=lambda one: (-one.drifted, one.node, one.check)))


def _rows(db: Connection, query: HistoryQuery) -> "list[Row[Any]]":
    first, last = runs.alias("first"), runs.alias("last")
    statement = (
        select(
            periods,
            nodes.c.id.label("node_id"),
            nodes.c.name.label("node"),
            checks.c.component,
            checks.c.name,
            first.c.started.label("began"),
            last.c.started.label("ended"),
        )
        .join(items, periods.c.item == items.c.id)
        .join(nodes, items.c.node == nodes.c.id)
        .join(checks, items.c.check_id == checks.c.id)
        .join(first, periods.c.since == first.c.id)
        .outerjoin(last, periods.c.until == last.c.id)
        .where(periods.c.outcome.in_(WRONG))
        .order_by(periods.c.item, periods.c.since)
    )
    if query.since:
        # Every span of an item that one of them leads to: an incident may have begun as another outcome, long before.
        ended = runs.alias("ended")
        touched = (
            select(periods.c.item)
            .outerjoin(ended, periods.c.until == ended.c.id)
            .where(periods.c.outcome.in_(WRONG), periods.c.until.is_(None) | (ended.c.started >= query.since))
        )
        statement = statement.where(periods.c.item.in_(touched))
    if query.node:
        statement = statement.where(nodes.c.name == query.node)
    if query.component:
        statement = statement.where(checks.c.component == query.component)
    return list(db.execute(statement))


def _groups(rows: "list[Row[Any]]") -> "Iterator[list[Row[Any]]]":
    """Spans of one item that follow each other without a gap are one incident: "unknown", then "does not"."""
    group: list[Row[Any]] = []
    for row in rows:
        if group and group[-1].item == row.item and group[-1].until == row.since:
            group.append(row)
            continue
        if group:
            yield group
        group = [row]
    if group:
        yield group


def _events(db: Connection, numbers: set[int]) -> dict[int, list[tuple[int | None, str]]]:
    found: dict[int, list[tuple[int | None, str]]] = defaultdict(list)
    ordered = sorted(numbers)
    for at in range(0, len(ordered), IN_ONE):
        for row in db.execute(select(events).where(events.c.run.in_(ordered[at : at + IN_ONE]))):
            found[row.run].append((row.node, row.text))
    return found


def _incident(
    group: "list[Row[Any]]", happened: dict[int, list[tuple[int | None, str]]], times: int, now: float
) -> Incident:
    first, last = group[0], group[-1]

    def with_it(number: int | None) -> tuple[str, ...]:
        return tuple(text for node, text in happened.get(number or 0, ()) if node in (None, first.node_id))

    return Incident(
        node=first.node,
        component=first.component,
        check=first.name,
        outcome=last.outcome,
        drifted=first.began,
        healed=last.ended,
        # A clock that went back must not give a negative time.
        seconds=max(0.0, (now if last.ended is None else last.ended) - first.began),
        expected=last.expected,
        actual=last.actual,
        remedy=last.remedy,
        changed=with_it(first.since),
        healed_with=with_it(last.until),
        times=times,
    )
