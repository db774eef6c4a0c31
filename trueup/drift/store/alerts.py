"""Group checks that drift together; notify once per opening, growth or closing."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from trueup.drift.model import Run
from trueup.drift.store.database import insert_returning_id
from trueup.drift.store.encoding import WRONG
from trueup.drift.store.schema import alerts, checks, items, members, nodes, outbox, periods

# A message is read on a telephone; the report has the rest.
LINES = 20


def update_alerts(db: Connection, run: Run, number: int, drifted: dict[int, str], healed: dict[int, str]) -> None:
    """Open, grow and close alerts, with one outbox message per step."""
    wrong = set(
        db.execute(select(periods.c.item).where(periods.c.until.is_(None), periods.c.outcome.in_(WRONG))).scalars()
    )
    there = db.execute(
        select(members.c.id, members.c.alert, members.c.item, items.c.node)
        .join(items, members.c.item == items.c.id)
        .where(members.c.healed.is_(None))
    ).all()
    mended = [row for row in there if row.item not in wrong]
    if mended:
        end = update(members).where(members.c.id == bindparam("i")).values(healed=number)
        db.execute(end, [{"i": row.id} for row in mended])
    opened, grown = _join(db, number, {each: drifted[each] for each in drifted if each in wrong}, there)
    left = {row.alert for row in there if row.item in wrong} | set(opened) | set(grown)
    closed = sorted({row.alert for row in mended} - left)
    for alert in closed:
        db.execute(update(alerts).where(alerts.c.id == alert).values(closed=number))
    for alert, ids in opened.items():
        _notify(db, run, alert, "opened", ids)
    for alert, ids in grown.items():
        _notify(db, run, alert, "grew", ids)
    for alert in closed:
        of = select(members.c.item).where(members.c.alert == alert)
        _notify(db, run, alert, "closed", sorted(set(db.execute(of).scalars())))


def _join(
    db: Connection, number: int, drifted: dict[int, str], there: Sequence[Any]
) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """New members: with the open alert of their node, else together in one new alert."""
    inside = {row.item for row in there}
    by_node = {row.node: row.alert for row in there}
    new = [each for each in drifted if each not in inside]
    if not new:
        return {}, {}
    # All of them are read: a list of a whole fleet's ids is longer than a statement may be.
    owner = {row.id: row.node for row in db.execute(select(items.c.id, items.c.node))}
    opened: dict[int, list[int]] = {}
    grown: dict[int, list[int]] = defaultdict(list)
    fresh = [each for each in new if owner[each] not in by_node]
    if fresh:
        alert = insert_returning_id(db, alerts, opened=number)
        opened[alert] = fresh
    for each in new:
        if owner[each] in by_node:
            grown[by_node[owner[each]]].append(each)
    rows = [
        {"alert": i, "item": e, "joined": number} for part in (opened, grown) for i, ids in part.items() for e in ids
    ]
    if rows:
        db.execute(insert(members), rows)
    return opened, dict(grown)


def _notify(db: Connection, run: Run, alert: int, kind: str, ids: list[int]) -> None:
    found = db.execute(
        select(nodes.c.name.label("node"), checks.c.name, periods.c.expected, periods.c.actual, periods.c.remedy)
        .select_from(items)
        .join(nodes)
        .join(checks)
        .outerjoin(periods, (periods.c.item == items.c.id) & periods.c.until.is_(None))
        .where(items.c.id.in_(ids[:1000]))
        .order_by(nodes.c.name, checks.c.name)
    ).all()
    names = sorted({row.node for row in found})
    where = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    what = found[0].name if len(ids) == 1 else f"{len(ids)} items"
    verb = {"opened": "no longer in order", "grew": "also no longer in order", "closed": "in order again"}[kind]
    lines = [
        f"{row.node}: {row.name}" + (_detail(row.expected, row.actual, row.remedy) if kind != "closed" else "")
        for row in found
    ]
    more = [f"... and {len(ids) - LINES} more; trueup report has them all"] if len(ids) > LINES else []
    values = {
        "alert": alert,
        "kind": kind,
        "title": f"trueup: {where}: {what} {verb} (alert {alert})",
        "body": "\n".join([*lines[:LINES], *more]),
        "created": run.started,
    }
    db.execute(insert(outbox).values(**values))


def _detail(expected: str | None, actual: str | None, remedy: str | None) -> str:
    parts = (("expected", expected), ("actual", actual), ("remedy", remedy))
    return "".join(f"\n  {name}: {' '.join(text.split())[:300]}" for name, text in parts if text)
