"""How much a store grows."""

from pathlib import Path

from sqlalchemy import select

from tests.unit.drift.factories import good, run
from trueup.drift.store import Store
from trueup.drift.store.import_run import write
from trueup.drift.store.schema import outbox


def test_unchanged_runs_add_little(store: Store, path: Path) -> None:
    """Fifty runs with nothing changed: no alert, and less than 2 KB each."""
    everything = good("n1", "n2", checks=150)
    write(store, run(everything))
    before = size(store, path)
    for hour in range(1, 51):
        write(store, run(everything, hour=hour))
    with store.reading() as db:
        messages = db.execute(select(outbox.c.id)).scalars().all()

    assert size(store, path) - before < 50 * 2048
    assert [] == list(messages)


def size(store: Store, path: Path) -> int:
    """Bytes of the store, with its log emptied into it."""
    raw = store.engine.raw_connection()
    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    return path.stat().st_size
