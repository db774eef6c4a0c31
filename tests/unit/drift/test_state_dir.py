"""Records that wait beside the store, one run at a time, and the stamp."""

import json
import multiprocessing
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from tests.unit.drift.factories import bad, good, run
from trueup.drift.pipeline import run_pipeline
from trueup.drift.state_dir import AlreadyRunning, State, state_of
from trueup.drift.store import open_store
from trueup.drift.store.current import last_run
from trueup.files import write_atomic


@pytest.fixture(autouse=True)
def _nobody_to_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUEUP_NOTIFY", str(tmp_path / "none.toml"))


def test_stored_run_leaves_nothing_waiting_and_a_stamp(tmp_path: Path) -> None:
    """The stamp is of a stored run, never of one that was only looked at."""
    state = State(tmp_path)
    made = run(good())
    done = run_pipeline(state, made)

    assert (True, []) == (done.stored, list(state.waiting.glob("*")))
    assert made.key == json.loads(state.stamp.read_text())["key"]


def test_unusable_store_loses_no_run(tmp_path: Path) -> None:
    """Records wait, in order, until the store can be used again."""
    state = State(tmp_path)
    Path(state.store).write_bytes(b"no database" * 100)
    told = [run_pipeline(state, made) for made in (run(good()), run([bad("n1"), *good()[1:]], hour=1))]
    Path(state.store).unlink()
    done = run_pipeline(state, run(good(), hour=2))
    store = open_store(state.store)
    last = last_run(store)
    store.close()

    assert ([False, False], True, 3) == ([one.stored for one in told], done.stored, last.number if last else None)
    assert "expected a database" in told[0].messages[0]


def test_half_a_record_is_swept_away(tmp_path: Path) -> None:
    """A run that was killed while it wrote its record had no record."""
    state = State(tmp_path)
    state.spool(run(good(), key="whole"))
    half = state.waiting / ".0001800000000.000-half.json.4711"
    half.write_text('{"key": "ha')
    store = open_store(state.store)
    done, told = state.import_spooled(store)
    store.close()

    assert (["whole"], [], []) == (list(done), told, list(state.waiting.iterdir()))


def test_unreadable_record_is_put_aside(tmp_path: Path) -> None:
    """It stops nobody, is not deleted, and is told."""
    state = State(tmp_path)
    write_atomic(state.waiting / "0000000000001.000-x.json", '{"half": ')
    done = run_pipeline(state, run(good()))

    assert (True, True) == (done.stored, (state.waiting / "0000000000001.000-x.unreadable").exists())
    assert "left there" in done.messages[0]


def _hold(folder: str, ready: Event, end: Event) -> None:
    with State(Path(folder)).exclusive():
        ready.set()
        end.wait(20)


def test_next_run_sweeps_what_a_killed_run_left(tmp_path: Path) -> None:
    """A look's own folder lies in the state's; only whoever holds the lock sweeps."""
    left, kept = tmp_path / "scratch-x1", tmp_path / "waiting"
    for folder in (left, kept):
        folder.mkdir()
        (folder / "records.json").touch()
    with State(tmp_path).exclusive():
        assert (False, True) == (left.exists(), kept.exists())


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    """Whoever comes second is told, and does not wait."""
    ready, end = multiprocessing.Event(), multiprocessing.Event()
    other = multiprocessing.Process(target=_hold, args=(str(tmp_path), ready, end))
    other.start()
    ready.wait(20)
    try:
        with pytest.raises(AlreadyRunning, match="another run has not ended"), State(tmp_path).exclusive():
            pass
    finally:
        end.set()
        other.join()


def test_inventories_have_histories_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The nodes of one file are not missing from the other."""
    monkeypatch.delenv("TRUEUP_DRIFT", raising=False)

    assert state_of(Path("a/inventory.py")).folder != state_of(Path("b/inventory.py")).folder


def test_site_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A site may name its own."""
    monkeypatch.setenv("TRUEUP_DRIFT", str(tmp_path))
    monkeypatch.setenv("TRUEUP_STORE", "postgresql+psycopg://h/db")

    assert ("postgresql+psycopg://h/db", tmp_path) == (state_of(Path("i.py")).store, state_of(Path("i.py")).folder)
