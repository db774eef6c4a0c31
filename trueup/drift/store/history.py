"""When each thing drifted and healed, how long, how often, and what changed with it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from trueup.drift.store.database import Store
from trueup.drift.store.encoding import WRONG
from trueup.drift.store.schema import checks, events, items, nodes, periods, runs

# An item that drifted this often within the time asked about is flapping: mending it again mends nothing.
FLAPPING = 3
# A statement of an old SQLite holds no more values than 999.
IN_ONE = 500


@dataclass(frozen=True)
class Incident:
    """One time in which an item was not in order; times in seconds since 1970, healed None while it still is not.

    changed: what else the same run noticed. times: how often the item drifted in the time asked about.
    """

    node: str
    component: str
    check: str
    outcome: str
    drifted: float
    healed: float | None
    seconds: float
    expected: str
    actual: str
    remedy: str
    changed: tuple[str, ...]
    healed_with: tuple[str, ...]
    times: int

    @property
    def flapping(self) -> bool:
        """Whether it drifted again and again."""
        return self.times >= FLAPPING


@dataclass(frozen=True)
class HistoryQuery:
    """Which node and component to show (None: all), since when, and as of when (seconds since 1970)."""

    now: float
    node: str | None = None
    component: str | None = None
    since: float = 0.0


def incidents(store: Store, asked: HistoryQuery) -> tuple[Incident, ...]:
    """Every incident that had not ended before ``asked.since``, the latest first. Raises StoreError."""
    with store.reading() as db:
        groups = list(_groups(_rows(db, asked)))
        happened = _events(db, {n for group in groups for n in (group[0].since, group[-1].until) if n is not None})
    # Only what the time asked about still touched.
    kept = [group for group in groups if group[-1].ended is None or group[-1].ended >= asked.since]
    times = Counter(group[0].item for group in kept)
    found = [_incident(group, happened, times[group[0].item], asked.now) for group in kept]
    return tuple(sorted(found, key=lambda one: (-one.drifted, one.node, one.check)))


def _rows(db: Connection, asked: HistoryQuery) -> "list[Row[Any]]":
    first, last = runs.alias("first"), runs.alias("last")
    wanted = (
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
    if asked.since:
        # Every span of an item that one of them leads to: an incident may have begun as another outcome, long before.
        ended = runs.alias("ended")
        touched = (
            select(periods.c.item)
            .outerjoin(ended, periods.c.until == ended.c.id)
            .where(periods.c.outcome.in_(WRONG), periods.c.until.is_(None) | (ended.c.started >= asked.since))
        )
        wanted = wanted.where(periods.c.item.in_(touched))
    if asked.node:
        wanted = wanted.where(nodes.c.name == asked.node)
    if asked.component:
        wanted = wanted.where(checks.c.component == asked.component)
    return list(db.execute(wanted))


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
    wanted = sorted(numbers)
    for at in range(0, len(wanted), IN_ONE):
        for row in db.execute(select(events).where(events.c.run.in_(wanted[at : at + IN_ONE]))):
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
