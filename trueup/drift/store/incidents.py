"""Incidents: what drifted together is told together, once when it opens, grows or closes."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from trueup.drift.model import Run
from trueup.drift.store.database import add
from trueup.drift.store.encoding import WRONG
from trueup.drift.store.schema import checks, incidents, items, members, nodes, outbox, spans

# A message is read on a telephone; the report has the rest.
LINES = 20


def follow(db: Connection, run: Run, number: int, drifted: dict[int, str], healed: dict[int, str]) -> None:
    """Open, grow and close incidents, and put one message for each such step into the outbox."""
    wrong = set(db.execute(select(spans.c.item).where(spans.c.until.is_(None), spans.c.outcome.in_(WRONG))).scalars())
    there = db.execute(
        select(members.c.id, members.c.incident, members.c.item, items.c.node)
        .join(items, members.c.item == items.c.id)
        .where(members.c.healed.is_(None))
    ).all()
    mended = [row for row in there if row.item not in wrong]
    if mended:
        end = update(members).where(members.c.id == bindparam("i")).values(healed=number)
        db.execute(end, [{"i": row.id} for row in mended])
    opened, grown = _join(db, number, {each: drifted[each] for each in drifted if each in wrong}, there)
    left = {row.incident for row in there if row.item in wrong} | set(opened) | set(grown)
    closed = sorted({row.incident for row in mended} - left)
    for incident in closed:
        db.execute(update(incidents).where(incidents.c.id == incident).values(closed=number))
    for incident, ids in opened.items():
        _tell(db, run, incident, "opened", ids)
    for incident, ids in grown.items():
        _tell(db, run, incident, "grew", ids)
    for incident in closed:
        of = select(members.c.item).where(members.c.incident == incident)
        _tell(db, run, incident, "closed", sorted(set(db.execute(of).scalars())))


def _join(
    db: Connection, number: int, drifted: dict[int, str], there: Sequence[Any]
) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """New members: with the open incident of their node, else together in one new incident."""
    inside = {row.item for row in there}
    by_node = {row.node: row.incident for row in there}
    new = [each for each in drifted if each not in inside]
    if not new:
        return {}, {}
    # All of them are read: a list of a whole fleet's ids is longer than a statement may be.
    owner = {row.id: row.node for row in db.execute(select(items.c.id, items.c.node))}
    opened: dict[int, list[int]] = {}
    grown: dict[int, list[int]] = defaultdict(list)
    fresh = [each for each in new if owner[each] not in by_node]
    if fresh:
        incident = add(db, incidents, opened=number)
        opened[incident] = fresh
    for each in new:
        if owner[each] in by_node:
            grown[by_node[owner[each]]].append(each)
    rows = [
        {"incident": i, "item": e, "joined": number} for part in (opened, grown) for i, ids in part.items() for e in ids
    ]
    if rows:
        db.execute(insert(members), rows)
    return opened, dict(grown)


def _tell(db: Connection, run: Run, incident: int, kind: str, ids: list[int]) -> None:
    found = db.execute(
        select(nodes.c.name.label("node"), checks.c.name, spans.c.wanted, spans.c.found, spans.c.remedy)
        .select_from(items)
        .join(nodes)
        .join(checks)
        .outerjoin(spans, (spans.c.item == items.c.id) & spans.c.until.is_(None))
        .where(items.c.id.in_(ids[:1000]))
        .order_by(nodes.c.name, checks.c.name)
    ).all()
    names = sorted({row.node for row in found})
    where = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    what = found[0].name if len(ids) == 1 else f"{len(ids)} items"
    verb = {"opened": "no longer in order", "grew": "also no longer in order", "closed": "in order again"}[kind]
    lines = [
        f"{row.node}: {row.name}" + (_detail(row.wanted, row.found, row.remedy) if kind != "closed" else "")
        for row in found
    ]
    more = [f"... and {len(ids) - LINES} more; trueup report has them all"] if len(ids) > LINES else []
    values = {
        "incident": incident,
        "kind": kind,
        "title": f"trueup: {where}: {what} {verb} (incident {incident})",
        "body": "\n".join([*lines[:LINES], *more]),
        "made": run.started,
    }
    db.execute(insert(outbox).values(**values))


def _detail(wanted: str | None, found: str | None, remedy: str | None) -> str:
    parts = (("wanted", wanted), ("found", found), ("to do", remedy))
    return "".join(f"\n  {name}: {' '.join(text.split())[:300]}" for name, text in parts if text)
