"""What the history tells of an item."""

import pytest

from tests.unit.drift.factories import HOUR, START, bad, good, item, run
from trueup.drift.console import duration
from trueup.drift.store import Store
from trueup.drift.store.history import HistoryQuery, incidents
from trueup.drift.store.import_run import write
from trueup.outcome import Outcome


def test_flapping(store: Store) -> None:
    """Three times within the time asked about; fewer is bad luck."""
    for hour in range(7):
        write(store, run(good() if hour % 2 == 0 else [bad("n1"), *good()[1:]], hour=hour))
    found = incidents(store, HistoryQuery(now=START + 7 * HOUR))
    late = incidents(store, HistoryQuery(now=START + 7 * HOUR, since=START + 5 * HOUR))

    assert [(3, True)] * 3 == [(one.times, one.flapping) for one in found]
    assert [START + 5 * HOUR, START + 3 * HOUR, START + HOUR] == [one.drifted for one in found]
    assert {False} == {one.flapping for one in late}


def test_unknown_and_then_fail_is_one_incident(store: Store) -> None:
    """It was not in order all the time."""
    write(store, run(good()))
    write(store, run([item("n1", "conda/check0", Outcome.UNKNOWN), *good()[1:]], hour=1))
    write(store, run([bad("n1"), *good()[1:]], hour=2))
    (one,) = incidents(store, HistoryQuery(now=START + 4 * HOUR))

    assert ("fail", START + HOUR, None, 3 * HOUR) == (one.outcome, one.drifted, one.healed, one.seconds)


@pytest.mark.parametrize(
    ("node", "component", "number"),
    [(None, None, 2), ("n1", None, 1), (None, "env", 1), ("n1", "env", 0), ("n9", None, 0)],
)
def test_filters(store: Store, node: str | None, component: str | None, number: int) -> None:
    """By node, by component, by both."""
    write(store, run([bad("n1"), bad("n2", "env/x")]))

    assert number == len(incidents(store, HistoryQuery(now=START, node=node, component=component)))


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.4, "0 s"), (59, "59 s"), (3600, "1 h"), (90061, "1 d 1 h"), (86400 * 3, "3 d")]
)
def test_duration(seconds: float, shown: str) -> None:
    """The two largest units."""
    assert shown == duration(seconds)
