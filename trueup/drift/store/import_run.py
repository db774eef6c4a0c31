"""A run into the store: one transaction, so that a kill at any point leaves all of it or nothing."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, select

from trueup.drift.model import Run
from trueup.drift.store.alerts import update_alerts
from trueup.drift.store.database import Store, insert_returning_id
from trueup.drift.store.diff import Changes
from trueup.drift.store.encoding import pack
from trueup.drift.store.measurements import store_measures
from trueup.drift.store.node_identity import add_events, nodes_of
from trueup.drift.store.schema import coverages, runs

# Clocks of machines under NTP differ by less; a run that began earlier than this before the last one is told.
CLOCK_S = 5.0


@dataclass(frozen=True)
class ImportResult:
    """number: the run's id. drifted, healed: items. known: the store had this run already, nothing was done."""

    number: int
    drifted: tuple[str, ...] = ()
    healed: tuple[str, ...] = ()
    known: bool = False


def write(store: Store, run: Run) -> ImportResult:
    """Store the run; storing it again changes nothing. Raises StoreError."""
    with store.writing() as db:
        known = db.execute(select(runs.c.id).where(runs.c.key == run.key)).scalar()
        if known is not None:
            return ImportResult(known, known=True)
        number = _begin(db, run)
        ids = nodes_of(db, run, number)
        changes = Changes(db, run, number, ids)
        changes.apply()
        digest, packed = pack(changes.checked)
        db.execute(runs.update().where(runs.c.id == number).values(coverage=_coverage(db, digest, packed)))
        store_measures(db, run, number, ids)
        update_alerts(db, run, number, changes.drifted, changes.healed)
        return ImportResult(number, tuple(changes.drifted.values()), tuple(changes.healed.values()))


def _begin(db: Connection, run: Run) -> int:
    last = db.execute(select(runs.c.id, runs.c.started, runs.c.versions).order_by(runs.c.id.desc()).limit(1)).first()
    versions = json.dumps(run.versions, sort_keys=True)
    number = insert_returning_id(
        db,
        runs,
        key=run.key,
        started=run.started,
        seconds=round(run.seconds, 2),
        kind=run.kind,
        tier=run.tier.value,
        status=run.status,
        versions="" if last and last.versions == versions else versions,
        coverage=_coverage(db, *pack(())),
    )
    found: list[tuple[int | None, str, str]] = []
    if last and run.started < last.started - CLOCK_S:
        back = last.started - run.started
        found.append(
            (None, "clock", f"began {back:.0f} s before the last run: the clock went back, or two controllers")
        )
    if run.kind == "heal":
        found.append((None, "heal", "trueup's own converge ran before this look"))
    add_events(db, number, found)
    return number


def _coverage(db: Connection, digest: str, packed: bytes) -> int:
    found = db.execute(select(coverages.c.id).where(coverages.c.digest == digest)).scalar()
    if found is None:
        found = insert_returning_id(db, coverages, digest=digest, packed=packed)
    return int(found)
