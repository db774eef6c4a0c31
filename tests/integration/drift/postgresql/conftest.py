"""The store of each test is a database of its own, on one server."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.integration.drift.postgresql.cluster import cluster
from trueup.drift.store import Store, open_store

_numbers = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """The folder of the server's socket."""
    with cluster() as folder:
        yield folder


@pytest.fixture
def url(server: Path) -> str:
    """An empty database, as TRUEUP_STORE names it."""
    name = f"store{next(_numbers)}"
    with psycopg.connect(host=str(server), user="trueup", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql+psycopg://trueup@/{name}?host={server}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """Empty, and closed at the end."""
    store = open_store(url)
    yield store
    store.close()
