"""What happens to a run after the look, where something is in the way."""

import errno
import sqlite3
from pathlib import Path

import pytest

from tests.unit.drift.factories import good, run
from trueup.drift.pipeline import run_pipeline
from trueup.drift.state_dir import State
from trueup.drift.store import open_store
from trueup.drift.store.current import last_run


@pytest.fixture(autouse=True)
def no_receivers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody is told."""
    monkeypatch.setenv("TRUEUP_NOTIFY", str(tmp_path / "none.toml"))


def test_record_that_cannot_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full before anything is written: the run counts as not stored, and says where to make room."""

    def full(*_args: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("trueup.drift.state_dir.write_atomic", full)
    done = run_pipeline(State(tmp_path), run(good()))

    assert not done.stored
    assert (f"{tmp_path}/waiting: the record could not be kept: No space left on device; make room",) == done.messages


def test_locked_store_is_stored_by_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record waits beside the store; both runs are in it in their order afterwards."""
    state = State(tmp_path)
    open_store(state.store).close()
    monkeypatch.setattr("trueup.drift.pipeline.open_store", lambda where: open_store(where, busy_s=0.1))
    other = sqlite3.connect(state.store, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    first = run_pipeline(state, run(good(), key="first"))
    other.execute("ROLLBACK")
    other.close()
    second = run_pipeline(state, run(good(), key="second", hour=1))
    store = open_store(state.store)
    last = last_run(store)
    store.close()

    assert (False, True) == (first.stored, second.stored)
    assert "found it locked by another process" in first.messages[0]
    assert (2, []) == (last.number if last else None, list(state.waiting.glob("*.json")))
