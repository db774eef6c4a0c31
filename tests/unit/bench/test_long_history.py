"""A store of invented years answers as one that drift wrote."""

from pathlib import Path

import pytest

from bench.long_history import HOUR, WEEK, Years, fill, name_of
from tests.unit.drift.factories import item, run
from trueup.drift.model import FLEET
from trueup.drift.report.render import write_report
from trueup.drift.store import Store, open_store
from trueup.drift.store.current import fleet_now
from trueup.drift.store.history import HistoryQuery, incidents
from trueup.drift.store.import_run import write
from trueup.outcome import Outcome

YEARS = Years(nodes=100, items=30, hours=60 * 24)
NOW = YEARS.end + HOUR / 2
REPORT_BYTES = 15_000_000


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two months of a hundred nodes."""
    store = open_store(tmp_path_factory.mktemp("years") / "history.sqlite")
    fill(store, YEARS)
    return store


def test_history_of_a_node(store: Store) -> None:
    """One drift in each week, all healed."""
    found = incidents(store, HistoryQuery(now=NOW, node=name_of(50)))

    assert [False] * (YEARS.hours // WEEK) == [one.healed is None for one in found]


def test_history_of_a_while(store: Store) -> None:
    """What the last week still touched, and nothing else of those items."""
    since = NOW - WEEK * HOUR
    every = incidents(store, HistoryQuery(now=NOW))
    found = incidents(store, HistoryQuery(now=NOW, since=since))

    assert found
    assert {(one.node, one.check, one.drifted) for one in found} == {
        (one.node, one.check, one.drifted) for one in every if one.healed is None or one.healed >= since
    }


def test_report(store: Store, tmp_path: Path) -> None:
    """It stays small; how long it takes is the bench's to say."""
    page = tmp_path / "fleet.html"
    write_report(store, page, 30, NOW)

    assert page.stat().st_size < REPORT_BYTES
    assert f'<tr data-node="{name_of(99)}">' in page.read_text(encoding="utf-8")


def test_next_run_goes_on(store: Store) -> None:
    """What was filled in is what drift itself would have left: all in order, and a run like it changes nothing."""
    before = fleet_now(store, NOW)
    same = [item(one.node, one.check) for one in before if one.node != FLEET]
    names = [name_of(number) for number in range(YEARS.nodes)]
    written = write(store, run(same, hour=YEARS.hours, nodes=names, key="after"))

    assert {Outcome.PASS} == {one.outcome for one in before}
    assert YEARS.nodes * YEARS.items + 2 == len(before)
    assert (YEARS.hours + 1, (), ()) == (written.number, written.drifted, written.healed)
