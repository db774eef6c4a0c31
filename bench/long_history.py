"""A store as it would stand after years of hourly runs: made by its rows, because to make every run takes days.

What is invented: each node drifts in one item a week and heals hours later, starts again each month, and
its two GPUs' temperatures leave their band every few hours. Drift stores changes only, so nothing else is in a store.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random

from sqlalchemy import Connection, Table, insert

from trueup.declaration import COMPONENTS
from trueup.drift.model import FLEET
from trueup.drift.store import Store
from trueup.drift.store.encoding import pack
from trueup.drift.store.schema import checks, coverages, events, items, measures, nodes, periods, runs, series

HOUR = 3600.0
START = 1_800_000_000.0
WEEK, MONTH = 168, 730  # hours
WARMTH_EVERY = 6  # hours between two kept temperatures of a GPU
AT_ONCE = 20_000


@dataclass(frozen=True)
class Years:
    """How large: nodes, items a node, hourly runs."""

    nodes: int
    items: int
    hours: int

    @property
    def end(self) -> float:
        """The start of the last run, in seconds since 1970."""
        return START + (self.hours - 1) * HOUR


def fill(store: Store, years: Years, seed: int = 1) -> None:
    """Write the rows into an empty store, in one transaction; the same for the same seed."""
    chance = Random(seed)  # noqa: S311  # invented drift, no secret
    with store.writing() as db:
        # The fleet's own two answers are items 1 and 2; then each node's, one after the other.
        digest, packed = pack(range(1, 3 + years.nodes * years.items))
        _write(db, coverages, iter([{"id": 1, "digest": digest, "packed": packed}]))
        _write(db, runs, _runs(years))
        _write(db, nodes, _nodes(years))
        _write(db, checks, _checks(years))
        _write(db, items, _items(years))
        _write(db, periods, _periods(years, chance))
        _write(db, events, _events(years))
        _write(db, series, _series(years))
        _write(db, measures, _measures(years, chance))


Rows = Iterator[dict[str, object]]


def _write(db: Connection, table: Table, rows: Rows) -> None:
    batch: list[dict[str, object]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            db.execute(insert(table), batch)
            batch = []
    if batch:
        db.execute(insert(table), batch)


def _runs(years: Years) -> Rows:
    for hour in range(years.hours):
        fixed = {"seconds": 60.0, "kind": "drift", "tier": "quick", "status": 0, "versions": "", "coverage": 1}
        yield {"id": hour + 1, "key": f"run-{hour}", "started": START + hour * HOUR, **fixed}


def name_of(number: int) -> str:
    """The node of that number, from 0."""
    return f"node{number:04}"


def _nodes(years: Years) -> Rows:
    fixed = {"boot": "b", "packages": "p", "profile": "d", "simulated": 0, "removed": 0, "maintenance": ""}
    yield {"id": 1, "name": FLEET, "machine": "", **fixed}
    for number in range(years.nodes):
        yield {"id": number + 2, "name": name_of(number), "machine": f"m{number}", **fixed}


def _checks(years: Years) -> Rows:
    fixed = {"tier": "quick", "why": "a node that differs costs somebody a training run"}
    for number, component in enumerate(("plan", "acceptance")):
        yield {"id": number + 1, "name": f"{component}/answers", "component": component, "kind": "check", **fixed}
    for number in range(years.items):
        component = COMPONENTS[number % len(COMPONENTS)]
        yield {
            "id": number + 3,
            "name": f"{component}/check_of_something[{number}]",
            "component": component,
            "kind": "check",
            **fixed,
        }


def _items(years: Years) -> Rows:
    fixed = {"first_run": 1, "boot": "b", "retired": 0}
    for number in range(2):
        yield {"id": number + 1, "node": 1, "check_id": number + 1, **fixed}
    for number in range(years.nodes * years.items):
        node, check = divmod(number, years.items)
        yield {"id": number + 3, "node": node + 2, "check_id": check + 3, **fixed}


def _periods(years: Years, chance: Random) -> Rows:
    """Of each item: in order, and between that, the times in which it was not."""
    numbers = count(1)
    drifted: dict[int, list[tuple[int, int]]] = {1: [], 2: []}
    for node in range(years.nodes):
        for week in range(years.hours // WEEK):
            item = 3 + node * years.items + chance.randrange(years.items)
            begin = week * WEEK + chance.randrange(2, WEEK // 2)
            drifted.setdefault(item, []).append((begin, begin + chance.randrange(1, WEEK // 2)))
    told = {"expected": "2.0.1", "actual": "2.1.0", "remedy": "trueup heal converges what drifted", "notes": ""}
    good = {"expected": "", "actual": "", "remedy": "", "notes": ""}
    for item in range(1, 3 + years.nodes * years.items):
        last = 1
        for begin, end in drifted.get(item, ()):
            yield {"id": next(numbers), "item": item, "outcome": "pass", "since": last, "until": begin, **good}
            yield {"id": next(numbers), "item": item, "outcome": "fail", "since": begin, "until": end, **told}
            last = end
        yield {"id": next(numbers), "item": item, "outcome": "pass", "since": last, "until": None, **good}


def _events(years: Years) -> Rows:
    for month in range(1, years.hours // MONTH):
        for node in range(years.nodes):
            yield {"run": month * MONTH + node % WEEK, "node": node + 2, "kind": "boot", "text": "started again"}


def _series(years: Years) -> Rows:
    for node in range(years.nodes):
        for gpu in range(2):
            yield {"id": node * 2 + gpu + 1, "node": node + 2, "name": f"temperature[{gpu}]", "last": 40.0}


def _measures(years: Years, chance: Random) -> Rows:
    for hour in range(0, years.hours, WARMTH_EVERY):
        for number in range(years.nodes * 2):
            yield {"series": number + 1, "run": hour + 1, "value": 40.0 + chance.randrange(0, 40, 5)}
