"""Open the store: SQLite in WAL mode, or a site's PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, inspect, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from trueup.drift.store.migrations import VERSION, VERSION_TABLE, stored_version, upgrade


class StoreError(Exception):
    """The store cannot be used; says which, what was found and what to do."""


class NewerStore(StoreError):
    """Written by a newer trueup."""


class LockedStore(StoreError):
    """Report a store that another process keeps locked."""


class TornStore(StoreError):
    """Its bytes are no database."""


CONNECT_S = 10
# PostgreSQL's advisory lock of every writer of drift's history; any number that others do not use.
WRITERS = 0x7472756575


def engine_of(url: str, busy_s: float) -> Engine:
    """The engine of an SQLAlchemy URL; a writer waits ``busy_s`` seconds for another. Raises StoreError."""
    try:
        kind = make_url(url).get_backend_name()
        if kind == "sqlite":
            engine = create_engine(url, connect_args={"timeout": busy_s})
            _sqlite(engine)
        elif kind == "postgresql":
            engine = create_engine(url, connect_args={"connect_timeout": CONNECT_S})
            _postgresql(engine, busy_s)
        else:
            raise StoreError(f"{kind}: expected a database of SQLite or PostgreSQL, found another in TRUEUP_STORE")
    except (ArgumentError, ImportError) as error:
        # SQLAlchemy quotes the URL, which may hold a password.
        why = f"no driver ({error})" if isinstance(error, ImportError) else "an URL that SQLAlchemy cannot read"
        raise StoreError(
            f"TRUEUP_STORE: expected an URL like postgresql+psycopg://user@host/name and its driver, found {why}; "
            "pip install 'trueup[postgresql]'"
        ) from None
    return engine


def _sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _(raw: Any, _record: object) -> None:
        # sqlite3's own transactions would leave the reading at the start of a write unprotected.
        raw.isolation_level = None
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
        raw.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        write = connection.get_execution_options().get("trueup_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _postgresql(engine: Engine, busy_s: float) -> None:
    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        if not connection.get_execution_options().get("trueup_write"):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            return
        # Two controllers that both compare with what is open now would both open a period. Not of that isolation
        # level: its view of the tables would be from before the wait.
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(busy_s * 1000)}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")


# Another controller's write of a thousand nodes takes seconds.
BUSY_S = 15.0


class Store:
    """One database. ``writing`` is one transaction, all or nothing; ``reading`` sees one moment."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from its start. Raises LockedStore, TornStore, StoreError."""
        with self._told(), self.engine.connect() as connection:
            connection = connection.execution_options(trueup_write=True)
            with connection.begin():
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads. Raises as writing does."""
        with self._told(), self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """End every connection."""
        self.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            text = str(error.orig)
            if any(word in text for word in ("locked", "busy", "lock timeout")):
                raise LockedStore(
                    f"{self.name}: expected the store within {BUSY_S:.0f} s, found it locked by another process; "
                    "wait for the other run to end (a record that could not be stored waits beside it)"
                ) from error
            raise StoreError(f"{self.name}: {text}; the record waits beside the store until this is mended") from error
        except DatabaseError as error:
            raise TornStore(
                f"{self.name}: expected a database, found {error.orig}; put back a copy, or move the file away: "
                "the next run then begins a new history"
            ) from error


def open_store(where: str | Path, busy_s: float = BUSY_S) -> Store:
    """The store at that path, or at that SQLAlchemy URL; made or brought to this version where needed.

    Raises StoreError and its kinds.
    """
    url = str(where)
    if "://" not in url:
        path = Path(url).expanduser().absolute()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        url = f"sqlite:///{path}"
    engine = engine_of(url, busy_s)
    store = Store(engine, engine.url.render_as_string(hide_password=True).removeprefix("sqlite:///"))
    try:
        _migrate(store)
    except StoreError:
        store.close()
        raise
    return store


def version_of(connection: Connection) -> int:
    """Return the store's version; 0 for an empty database.

    Raises:
        StoreError: The database has tables of another program.
    """
    names = inspect(connection).get_table_names()
    if VERSION_TABLE in names:
        return stored_version(connection)
    if names:
        raise StoreError(f"{connection.engine.url}: holds tables of something else: {', '.join(names[:5])}")
    return 0


def _migrate(store: Store) -> None:
    with store.reading() as connection:
        version = version_of(connection)
    if version == VERSION:
        return
    with store.writing() as connection:
        # Read again under the lock: two controllers may open a new store at once.
        version = version_of(connection)
        if version > VERSION:
            raise NewerStore(
                f"{store.name}: has version {version}, this trueup knows {VERSION}; update trueup. Nothing was changed"
            )
        if version < VERSION:
            upgrade(connection)


def insert_returning_id(db: Connection, table: Table, **values: Any) -> int:
    """Insert one row and return its id."""
    key = db.execute(insert(table).values(**values)).inserted_primary_key
    if key is None:
        raise LookupError(f"{table.name}: the database gave no id for a new row")
    return int(key[0])
