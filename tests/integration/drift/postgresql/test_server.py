"""What only a server has: several controllers at once, a writer that is waited for, a server that is away."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.unit.drift.factories import START, bad, good, run
from trueup.drift.report.render import render
from trueup.drift.state_dir import State
from trueup.drift.store import LockedStore, Store, StoreError, open_store
from trueup.drift.store.current import fleet_now, last_run
from trueup.drift.store.import_run import write
from trueup.drift.store.schema import periods, runs


def test_two_controllers_at_once(url: str) -> None:
    """Each run sees what the one before it left: an item never has two open periods."""
    stores = [open_store(url) for _ in range(2)]

    def controller(number: int) -> None:
        for hour in range(10):
            items = good() if hour % 2 == number else [bad("n1"), *good()[1:]]
            write(stores[number], run(items, hour=hour, key=f"{number}-{hour}"))

    with ThreadPoolExecutor() as pool:
        list(pool.map(controller, range(2)))
    with stores[0].reading() as db:
        number = db.execute(select(func.count()).select_from(runs)).scalar()
        twice = (
            select(periods.c.item).where(periods.c.until.is_(None)).group_by(periods.c.item).having(func.count() > 1)
        )
        double = db.execute(twice).scalars().all()
    for store in stores:
        store.close()

    assert (20, []) == (number, list(double))


def test_two_controllers_open_a_new_store_at_once(url: str) -> None:
    """One makes the tables, the other finds them."""
    with ThreadPoolExecutor() as pool:
        stores = list(pool.map(lambda _: open_store(url), range(4)))
    found = [last_run(store) for store in stores]
    for store in stores:
        store.close()

    assert [None] * 4 == found


def test_locked_store_is_reported(url: str) -> None:
    """A writer that does not end is waited for, not for ever; then all goes on."""
    holder, store = open_store(url), open_store(url, busy_s=0.2)
    with holder.writing(), pytest.raises(LockedStore, match="found it locked by another process"):
        write(store, run(good()))

    assert 1 == write(store, run(good())).number
    holder.close()
    store.close()


def test_server_that_is_away(tmp_path: Path) -> None:
    """The record waits, and the message names the server, not its password."""
    away = f"postgresql+psycopg://me:secret@/history?host={tmp_path}"
    with pytest.raises(StoreError, match="the record waits beside the store") as told:
        open_store(away)

    assert "secret" not in str(told.value)


def test_record_that_waited_is_stored_when_the_server_is_back(url: str, tmp_path: Path) -> None:
    """Nothing of history is lost."""
    state = State(tmp_path, url)
    state.spool(run(good(), key="waited"))
    store = open_store(state.store)
    done, told = state.import_spooled(store)
    store.close()

    assert (["waited"], []) == (list(done), told)


def test_page_and_state_of_the_fleet(store: Store) -> None:
    """The report reads a server as it reads a file."""
    write(store, run([bad("n1"), *good()[1:]]))

    assert "n1: conda/check0" in render(store, START, 7)
    assert {"n1", "n2", "fleet"} == {one.node for one in fleet_now(store, START)}
