"""Stores that are old, new, locked, torn or somebody else's."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from tests.unit.drift.factories import good, run
from trueup.drift.store import LockedStore, NewerStore, Store, StoreError, TornStore, open_store
from trueup.drift.store.current import last_run
from trueup.drift.store.import_run import write
from trueup.drift.store.migrations import STEPS, VERSION
from trueup.drift.store.schema import schema


def test_older_store_is_brought_up_and_keeps_its_history(path: Path) -> None:
    """A store of version 1 has no incidents yet; what it knows stays."""
    raw = sqlite3.connect(path)
    raw.close()
    store = open_store(path)
    write(store, run(good()))
    store.close()
    raw = sqlite3.connect(path)
    raw.executescript(
        "DROP TABLE outbox; DROP TABLE incident_items; DROP TABLE incidents; UPDATE trueup_schema SET version=1"
    )
    raw.close()
    store = open_store(path)
    with store.reading() as db:
        version = db.execute(select(schema.c.version)).scalar()
    last = last_run(store)
    store.close()

    assert (VERSION, 1) == (version, last.number if last else None)


def test_each_step_of_migration_is_one_version() -> None:
    """The version is how many steps were taken."""
    assert len(STEPS) == VERSION


def test_newer_store_is_refused_untouched(path: Path) -> None:
    """Its history belongs to a trueup that knows more than this one."""
    open_store(path).close()
    raw = sqlite3.connect(path)
    raw.executescript("UPDATE trueup_schema SET version=99")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(NewerStore, match="has version 99, this trueup knows 2; update trueup"):
        open_store(path)

    assert before == path.read_bytes()


@pytest.mark.parametrize(
    "torn", [b"no database at all, but long enough to be looked at" * 40, b"SQLite format 3\0" + b"\xff" * 4000]
)
def test_torn_store_is_told(path: Path, torn: bytes) -> None:
    """One message that names the file and says what to do."""
    path.write_bytes(torn)

    with pytest.raises(TornStore, match=r"history\.sqlite: wanted a database.*put back a copy"):
        open_store(path)


def test_locked_store_is_told(path: Path) -> None:
    """Another process that holds the store is waited for, not for ever."""
    open_store(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store = open_store(path, busy_s=0.1)
    with pytest.raises(LockedStore, match="found it locked by another process"):
        write(store, run(good()))
    other.execute("ROLLBACK")

    assert 1 == write(store, run(good())).number
    store.close()
    other.close()


def test_somebody_elses_database_is_refused(path: Path) -> None:
    """Tables of another program are not touched."""
    raw = sqlite3.connect(path)
    raw.executescript("CREATE TABLE customers (name)")
    raw.close()

    with pytest.raises(StoreError, match="holds tables of something else: customers"):
        open_store(path)


def test_full_disk_is_told_and_loses_nothing(path: Path) -> None:
    """The transaction that does not fit leaves what was there."""
    store = open_store(path)
    write(store, run(good()))
    raw = store.engine.raw_connection()
    pages = raw.cursor().execute("PRAGMA page_count").fetchone()[0]
    raw.cursor().execute(f"PRAGMA max_page_count={pages}")
    raw.close()
    with pytest.raises(StoreError, match="the record waits beside the store"):
        write(store, run(good("n1", "n2", checks=3000), hour=1))
    last = last_run(store)
    store.close()

    assert 1 == (last.number if last else None)


def _write_half(store: Store) -> None:
    with store.writing() as db:
        db.execute(insert(schema).values(version=7))
        raise RuntimeError("cut")


def test_half_a_transaction_is_nothing(path: Path) -> None:
    """An error in the middle of a write takes back the beginning."""
    store = open_store(path)
    with pytest.raises(RuntimeError, match="cut"):
        _write_half(store)
    with store.reading() as db:
        found = list(db.execute(select(schema.c.version)).scalars())
    store.close()

    assert [VERSION] == found


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("mysql+pymysql://me:secret@db/history", "mysql: wanted a database of SQLite or PostgreSQL"),
        ("postgresql+nosuch://me:secret@db/history", "an URL that SQLAlchemy cannot read"),
        ("postgresql+pg8000://me:secret@db/history", "no driver"),
        ("://secret", "an URL that SQLAlchemy cannot read"),
    ],
)
def test_url_that_leads_nowhere(url: str, found: str) -> None:
    """What TRUEUP_STORE must look like, and never the password in it."""
    with pytest.raises(StoreError, match=found) as told:
        open_store(url)

    assert "secret" not in str(told.value)
