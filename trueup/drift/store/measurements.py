"""Temperatures, error counters and bandwidth over time; a value that stays as it is is not kept again."""

from sqlalchemy import Connection, bindparam, insert, select, update

from trueup.drift.model import FLEET, Run
from trueup.drift.store.schema import measures, series

# A GPU's temperature wanders by a few degrees without any meaning; so does a bandwidth by a tenth.
TEMPERATURE_BAND = 5.0
BANDWIDTH_BAND = 0.1


def store_measures(db: Connection, run: Run, number: int, ids: dict[str, int]) -> None:
    """Add what left its band since it was last kept."""
    known = {(row.node, row.name): row for row in db.execute(select(series))}
    found = [(ids[node], name, value) for node, seen in run.nodes.items() for name, value in seen.measures.items()]
    found += [(ids[FLEET], name, value) for name, value in run.measures.items()]
    new = [{"node": n, "name": name, "last": value} for n, name, value in found if (n, name) not in known]
    moved = [
        {"i": known[n, name].id, "last": value}
        for n, name, value in found
        if (n, name) in known and outside(name, known[n, name].last, value)
    ]
    if new:
        db.execute(insert(series), new)
    if moved:
        db.execute(update(series).where(series.c.id == bindparam("i")).values(last=bindparam("last")), moved)
    if new or moved:
        now = {(row.node, row.name): row.id for row in db.execute(select(series))}
        rows = [{"series": now[each["node"], each["name"]], "run": number, "value": each["last"]} for each in new]
        rows += [{"series": each["i"], "run": number, "value": each["last"]} for each in moved]
        db.execute(insert(measures), rows)


def outside(name: str, last: float, value: float) -> bool:
    """Whether a value differs from the last kept one by more than its kind's noise; a counter by anything."""
    if name.startswith("temperature"):
        return abs(value - last) >= TEMPERATURE_BAND
    if name.startswith("bandwidth"):
        return abs(value - last) >= BANDWIDTH_BAND * abs(last)
    return value != last
