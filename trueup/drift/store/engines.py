"""The two databases that a store may be in, each with what makes a transaction whole there."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from trueup.drift.store.errors import StoreError

CONNECT_S = 10
# PostgreSQL's advisory lock of everybody who writes drift's history; any number that others do not use.
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
            raise StoreError(f"{kind}: wanted a database of SQLite or PostgreSQL, found another in TRUEUP_STORE")
    except (ArgumentError, ImportError) as error:
        # SQLAlchemy quotes the URL, which may hold a password.
        why = f"no driver ({error})" if isinstance(error, ImportError) else "an URL that SQLAlchemy cannot read"
        raise StoreError(
            f"TRUEUP_STORE: wanted an URL like postgresql+psycopg://user@host/name and its driver, found {why}; "
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
        # Two controllers that both compare with what is open now would both open a span. Not of that isolation
        # level: its view of the tables would be from before the wait.
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(busy_s * 1000)}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")
