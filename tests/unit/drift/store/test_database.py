"""Stores that are old, new, locked, torn or somebody else's."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from tests.unit.drift.factories import HOUR, START, good, run
from tests.unit.drift.store.test_migrations import later_step
from trueup.drift.store import LockedStore, NewerStore, Store, StoreError, TornStore, open_store
from trueup.drift.store.current import last_run
from trueup.drift.store.history import HistoryQuery, incidents
from trueup.drift.store.import_run import write
from trueup.drift.store.migrations import upgrade
from trueup.drift.store.schema import coverages

# The dump of a store that version 1 wrote: three runs, of which the second drifted. It never changes.
VERSION_1 = Path(__file__).with_name("version_1.sql")


@pytest.fixture
def version_1(path: Path) -> Path:
    """A store as version 1 left it."""
    raw = sqlite3.connect(path)
    raw.executescript(VERSION_1.read_text(encoding="utf-8"))
    raw.close()
    return path


def test_newer_store_is_refused_untouched(path: Path) -> None:
    """Its history belongs to a trueup that knows more than this one."""
    open_store(path).close()
    raw = sqlite3.connect(path)
    raw.executescript("UPDATE trueup_version SET version_num='99'")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(NewerStore, match="has version 99, this trueup knows 1; update trueup"):
        open_store(path)

    assert before == path.read_bytes()


@pytest.mark.parametrize(
    "torn", [b"no database at all, but long enough to be looked at" * 40, b"SQLite format 3\0" + b"\xff" * 4000]
)
def test_torn_store_is_reported(path: Path, torn: bytes) -> None:
    """One message that names the file and says what to do."""
    path.write_bytes(torn)

    with pytest.raises(TornStore, match=r"history\.sqlite: expected a database.*put back a copy"):
        open_store(path)


def test_locked_store_is_reported(path: Path) -> None:
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


def test_foreign_database_is_refused(path: Path) -> None:
    """Tables of another program are not touched."""
    raw = sqlite3.connect(path)
    raw.executescript("CREATE TABLE customers (name)")
    raw.close()

    with pytest.raises(StoreError, match="holds tables of something else: customers"):
        open_store(path)


def test_full_disk_is_reported_and_loses_nothing(path: Path) -> None:
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
        db.execute(insert(coverages).values(digest="d", packed=b""))
        raise RuntimeError("cut")


def test_half_a_transaction_is_nothing(path: Path) -> None:
    """An error in the middle of a write takes back the beginning."""
    store = open_store(path)
    with pytest.raises(RuntimeError, match="cut"):
        _write_half(store)
    with store.reading() as db:
        found = list(db.execute(select(coverages.c.digest)).scalars())
    store.close()

    assert [] == found


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql+pymysql://me:secret@db/history", "mysql: expected a database of SQLite or PostgreSQL"),
        ("postgresql+nosuch://me:secret@db/history", "an URL that SQLAlchemy cannot read"),
        ("postgresql+pg8000://me:secret@db/history", "no driver"),
        ("://secret", "an URL that SQLAlchemy cannot read"),
    ],
)
def test_url_that_leads_nowhere(url: str, reason: str) -> None:
    """What TRUEUP_STORE must look like, and never the password in it."""
    with pytest.raises(StoreError, match=reason) as told:
        open_store(url)

    assert "secret" not in str(told.value)


def test_stored_version_1_is_read_and_goes_on(version_1: Path) -> None:
    """A history from the first release stays readable, and the next run continues it."""
    store = open_store(version_1)
    (incident,) = incidents(store, HistoryQuery(now=START + 9 * HOUR))
    known = write(store, run(good(), key="third")).known
    number = write(store, run(good(), hour=3)).number
    store.close()

    assert ("n1", "conda/check0", "fail", "one", "another", "mend it") == (
        incident.node,
        incident.check,
        incident.outcome,
        incident.expected,
        incident.actual,
        incident.remedy,
    )
    assert (START + HOUR, START + 2 * HOUR) == (incident.drifted, incident.healed)
    assert (True, 4) == (known, number)


def test_stored_version_1_takes_a_later_step(version_1: Path, tmp_path: Path) -> None:
    """The step runs on the stored tables; this trueup then refuses the store, as one of a newer trueup."""
    store = open_store(version_1)
    with store.writing() as db:
        upgrade(db, later_step(tmp_path))
    found = incidents(store, HistoryQuery(now=START + 9 * HOUR))
    store.close()

    assert [("n1", "conda/check0")] == [(one.node, one.check) for one in found]
    with pytest.raises(NewerStore, match="has version 2, this trueup knows 1"):
        open_store(version_1)
