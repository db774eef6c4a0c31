"""What a run changes in the store, and what it does not."""

import pytest
from sqlalchemy import func, select

from tests.unit.drift.factories import HOUR, START, bad, good, item, run
from trueup.drift.store import Store
from trueup.drift.store.current import fleet_now, last_run
from trueup.drift.store.history import HistoryQuery, incidents
from trueup.drift.store.import_run import write
from trueup.drift.store.schema import events, outbox, periods
from trueup.outcome import Outcome


def shown(store: Store, hour: float) -> dict[str, str]:
    """Outcome of each item of the nodes, by "node name"."""
    return {
        f"{one.node} {one.check}": one.outcome.value
        for one in fleet_now(store, START + hour * HOUR)
        if one.node != "fleet"
    }


def notified(store: Store) -> list[str]:
    """The kinds of the messages in the outbox, in order."""
    with store.reading() as db:
        return list(db.execute(select(outbox.c.kind).order_by(outbox.c.id)).scalars())


def test_drift_and_healing_have_their_times(store: Store) -> None:
    """It drifted in the run that saw it first, and healed in the one that saw it in order again."""
    write(store, run(good(), hour=0))
    drifted = write(store, run([*good()[1:], bad("n1")], hour=1))
    write(store, run([*good()[1:], bad("n1", actual="yet another")], hour=2))
    healed = write(store, run(good(), hour=3))
    (one,) = incidents(store, HistoryQuery(now=START + 9 * HOUR))

    assert (("n1 conda/check0",), ("n1 conda/check0",)) == (drifted.drifted, healed.healed)
    assert (START + HOUR, START + 3 * HOUR, 2 * HOUR, "yet another") == (
        one.drifted,
        one.healed,
        one.seconds,
        one.actual,
    )
    assert ["opened", "closed"] == notified(store)


def test_a_run_is_stored_once(store: Store) -> None:
    """A record that waited beside the store and was stored after all is no second run."""
    first = write(store, run(good(), key="one"))
    again = write(store, run([bad("n1")], key="one"))

    assert (first.number, True) == (again.number, again.known)
    assert [] == notified(store)


def test_clock_that_jumped_back(store: Store) -> None:
    """Order is that of the runs; the jump is told, and no time is negative."""
    write(store, run(good(), hour=10))
    write(store, run([*good()[1:], bad("n1")], hour=11))
    write(store, run(good(), hour=5))
    (one,) = incidents(store, HistoryQuery(now=START))
    with store.reading() as db:
        said = db.execute(select(events.c.text).where(events.c.kind == "clock")).scalars().all()

    assert (0.0, False) == (one.seconds, one.healed is None)
    assert ["began 21600 s before the last run: the clock went back, or two controllers"] == said


def test_removed_component_and_missing_answer(store: Store) -> None:
    """What a complete run no longer asks is gone; what an incomplete run did not answer could not be looked at."""
    write(store, run(good()))
    write(store, run(good()[1:], hour=1, complete=False))
    missing = shown(store, 1)
    write(store, run(good()[1:], hour=2))
    gone = shown(store, 2)

    assert ("unknown", None) == (missing["n1 conda/check0"], gone.get("n1 conda/check0"))
    assert ["opened", "closed"] == notified(store)


def test_no_answers_at_all_change_no_item(store: Store) -> None:
    """When pytest itself failed, that is one thing to tell, not one for each check."""
    answers = [item("fleet", "acceptance/answers", Outcome.UNKNOWN)]
    write(store, run(good()))
    write(store, run([], hour=1, complete=False, answers=answers))

    assert {"pass"} == set(shown(store, 1).values())
    assert ["opened"] == notified(store)


def test_plan_items_heal_when_no_longer_planned(store: Store) -> None:
    """An operation that is not planned any more has nothing to change."""
    pending = item("n1", "conda/plan: x", Outcome.FAIL, kind="plan")
    write(store, run([*good(), pending]))
    write(store, run(good(), hour=1))

    assert ["opened", "closed"] == notified(store)


def test_two_nodes_in_one_run_are_one_incident(store: Store) -> None:
    """What drifts together is told together; what joins later makes it grow; it closes when all is in order."""
    write(store, run(good()))
    write(store, run([bad("n1"), bad("n2"), *good()[1:3], *good()[4:]], hour=1))
    write(store, run([bad("n1"), bad("n2"), bad("n1", "conda/check1"), good()[2], *good()[4:]], hour=2))
    write(store, run([bad("n1"), *good()[1:]], hour=3))
    write(store, run(good(), hour=4))

    assert ["opened", "grew", "closed"] == notified(store)


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.NOT_APPLICABLE])
def test_in_order_notifies_no_receiver(store: Store, outcome: Outcome) -> None:
    """Not applicable is in order."""
    write(store, run([item("n1", "conda/x", outcome)]))
    with store.reading() as db:
        number = db.execute(select(func.count()).select_from(periods)).scalar()

    assert ([], 3) == (notified(store), number)


def test_last_run(store: Store) -> None:
    """The status is the run's own: could not look wins."""
    assert last_run(store) is None
    write(store, run([bad("n1"), item("n1", "conda/y", Outcome.UNKNOWN)], hour=1))
    last = last_run(store)

    assert last is not None
    assert (START + HOUR, 2) == (last.started, last.status)
