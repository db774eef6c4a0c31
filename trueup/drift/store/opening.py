"""Opening a store: its settings, its version, and what is said when it cannot be used."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect, select, update
from sqlalchemy.exc import DatabaseError, OperationalError

from trueup.drift.store.engines import engine_of
from trueup.drift.store.errors import LockedStore, NewerStore, StoreError, TornStore
from trueup.drift.store.migrations import STEPS, VERSION
from trueup.drift.store.tables import schema

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
                    f"{self.name}: wanted the store within {BUSY_S:.0f} s, found it locked by another process; "
                    "wait for the other run to end (a record that could not be stored waits beside it)"
                ) from error
            raise StoreError(f"{self.name}: {text}; the record waits beside the store until this is mended") from error
        except DatabaseError as error:
            raise TornStore(
                f"{self.name}: wanted a database, found {error.orig}; put back a copy, or move the file away: "
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
    """The store's version; 0 for an empty one. Raises StoreError where tables of others are in it."""
    names = inspect(connection).get_table_names()
    if schema.name in names:
        return int(connection.execute(select(schema.c.version)).scalar_one())
    if names:
        raise StoreError(f"{connection.engine.url}: holds tables of something else: {', '.join(names[:5])}")
    return 0


def _migrate(store: Store) -> None:
    with store.reading() as connection:
        version = version_of(connection)
    if version == VERSION:
        return
    with store.writing() as connection:
        # Asked again under the lock: two controllers may open a new store at once.
        version = version_of(connection)
        if version > VERSION:
            raise NewerStore(
                f"{store.name}: has version {version}, this trueup knows {VERSION}; update trueup. Nothing was changed"
            )
        for step in STEPS[version:]:
            step(connection)
        if version == 0:
            connection.execute(insert(schema).values(version=VERSION))
        else:
            connection.execute(update(schema).values(version=VERSION))
