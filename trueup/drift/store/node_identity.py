"""Which node is which, and what happened to it between two runs."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from trueup.drift.model import FLEET, NodeState, Run
from trueup.drift.store.schema import events, items, nodes, periods

_CHANGED = {
    "boot": "started again",
    "machine": "reinstalled: its machine-id is another",
    "packages": "the installed packages changed",
    "profile": "the profile was edited",
}


def nodes_of(db: Connection, run: Run, number: int) -> dict[str, int]:
    """The id of every node by its present name; notes what happened since the last run. ``number``: this run."""
    known = {row.name: row for row in db.execute(select(nodes))}
    noted = _renamed(db, run, known)
    first = not known
    for name in (FLEET, *run.fleet, *run.maintenance):
        seen = run.nodes.get(name, NodeState())
        row = known.get(name)
        values = {
            key: value for key, value in _values(seen, run.maintenance.get(name, "")).items() if value is not None
        }
        if row is None:
            db.execute(insert(nodes).values(name=name, **values))
            noted += [] if first or name == FLEET else [(name, "added", "new in the inventory")]
            continue
        noted += [(name, what, text) for what, text in _changes(row, values)]
        if any(getattr(row, key) != value for key, value in values.items()) or row.removed:
            db.execute(update(nodes).where(nodes.c.id == row.id).values(removed=0, **values))
    noted += _gone(db, run, known)
    ids = {row.name: row.id for row in db.execute(select(nodes.c.name, nodes.c.id))}
    add_events(db, number, [(ids[name], what, text) for name, what, text in noted])
    _end_periods(db, number, [ids[name] for name in ids if name not in {FLEET, *run.fleet}])
    return ids


def add_events(db: Connection, number: int, happened: Iterable[tuple[int | None, str, str]]) -> None:
    """Keep what happened: (node id or None for the fleet, kind, text)."""
    rows = [{"run": number, "node": node, "kind": kind, "text": text} for node, kind, text in happened]
    if rows:
        db.execute(insert(events), rows)


def _values(seen: NodeState, maintenance: str) -> dict[str, Any]:
    return {
        "boot": seen.boot,
        "machine": seen.machine,
        "packages": seen.packages,
        "profile": seen.profile or None,
        "simulated": int(seen.simulated) if seen.profile else None,
        "maintenance": maintenance,
    }


def _changes(row: "Row[Any]", values: dict[str, Any]) -> list[tuple[str, str]]:
    found = [(key, text) for key, text in _CHANGED.items() if getattr(row, key) and values.get(key)]
    found = [(key, text) for key, text in found if getattr(row, key) != values[key]]
    if row.removed:
        found.append(("added", "back in the inventory"))
    if row.maintenance != values["maintenance"]:
        found.append(
            ("maintenance", f"left alone: {values['maintenance']}" if values["maintenance"] else "worked on again")
        )
    return found


def _renamed(db: Connection, run: Run, known: dict[str, "Row[Any]"]) -> list[tuple[str, str, str]]:
    """A node that vanished while another with its machine-id appeared is the same one; its history goes with it."""
    names = {FLEET, *run.fleet, *run.maintenance}
    lost: dict[str, list[str]] = {}
    for name, row in known.items():
        if name not in names and row.machine and not row.removed:
            lost.setdefault(row.machine, []).append(name)
    new: dict[str, list[str]] = {}
    for name, seen in run.nodes.items():
        if name not in known and seen.machine:
            new.setdefault(seen.machine, []).append(name)
    noted = []
    for machine, old in lost.items():
        if len(old) == 1 and len(new.get(machine, [])) == 1:
            was, now = old[0], new[machine][0]
            db.execute(update(nodes).where(nodes.c.id == known[was].id).values(name=now))
            known[now] = known.pop(was)
            noted.append((now, "renamed", f"was {was} until now: the same machine-id"))
    return noted


def _gone(db: Connection, run: Run, known: dict[str, "Row[Any]"]) -> list[tuple[str, str, str]]:
    lost = [row for name, row in known.items() if name not in {FLEET, *run.fleet, *run.maintenance} and not row.removed]
    for row in lost:
        db.execute(update(nodes).where(nodes.c.id == row.id).values(removed=1))
    return [(row.name, "removed", "no longer in the inventory") for row in lost]


def _end_periods(db: Connection, number: int, ids: list[int]) -> None:
    """Nothing is known from now on of nodes that are out or gone: their open periods end here."""
    for node in ids:
        db.execute(
            update(periods)
            .where(periods.c.until.is_(None), periods.c.item.in_(select(items.c.id).where(items.c.node == node)))
            .values(until=bindparam("now")),
            {"now": number},
        )
