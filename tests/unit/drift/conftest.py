"""A store of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from trueup.drift.store import Store, open_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "history.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """Empty, and closed at the end."""
    store = open_store(path)
    yield store
    store.close()
