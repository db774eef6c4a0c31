"""One message for each step of an alert, to everybody, once."""

from datetime import datetime

import pytest

from tests.unit.drift.factories import bad, good, item, run
from trueup.drift.notify.outbox import deliver
from trueup.drift.notify.settings import Settings
from trueup.drift.store import Store
from trueup.drift.store.import_run import write
from trueup.outcome import Outcome

DAY = datetime(2027, 1, 15, 12, 0)  # noqa: DTZ001  # quiet hours are of the wall clock, without a zone
NIGHT = DAY.replace(hour=23)
ME = Settings(urls=("json://a", "json://b"), quiet=("22:00", "07:00"))


class Box:
    """Receivers that keep what they got; those in ``down`` take nothing."""

    def __init__(self, *down: str) -> None:
        self.down = down
        self.got: list[tuple[str, str]] = []
        self.bodies: list[str] = []

    def send(self, url: str, title: str, body: str) -> str:
        """The reason where it is down."""
        if url in self.down:
            return f"{url}: refused"
        self.got.append((url, title))
        self.bodies.append(body)
        return ""


@pytest.fixture
def broken(store: Store) -> Store:
    """One item drifted."""
    write(store, run(good()))
    write(store, run([bad("n1"), *good()[1:]], hour=1))
    return store


def test_opened_once_and_closed_once(broken: Store) -> None:
    """Not one a run."""
    box = Box()
    deliver(broken, ME, DAY, box.send)
    for hour in (2, 3):
        write(broken, run([bad("n1"), *good()[1:]], hour=hour))
        deliver(broken, ME, DAY, box.send)
    write(broken, run(good(), hour=4))
    deliver(broken, ME, DAY, box.send)

    assert [
        "trueup: n1: conda/check0 no longer in order (alert 1)",
        "trueup: n1: conda/check0 in order again (alert 1)",
    ] == [title for url, title in box.got if url == "json://a"]
    assert "n1: conda/check0\n  expected: one\n  actual: another\n  remedy: mend it" == box.bodies[0]


def test_quiet_hours_wait_and_then_notify_once(broken: Store) -> None:
    """What opened and grew in the night is one message in the morning."""
    box = Box()
    deliver(broken, ME, NIGHT, box.send)
    write(broken, run([bad("n1"), bad("n1", "conda/check1"), *good()[2:]], hour=2))
    deliver(broken, ME, NIGHT, box.send)
    asleep = list(box.got)
    deliver(broken, ME, DAY, box.send)

    assert ([], 2) == (asleep, len(box.got))
    assert "opened: n1: conda/check0" in box.bodies[0]
    assert "grew: n1: conda/check1" in box.bodies[0]


def test_many_incidents_are_one_message(store: Store) -> None:
    """A receiver that was down for days gets a digest."""
    nodes = [f"n{i}" for i in range(7)]
    write(store, run([item(n, "conda/x") for n in nodes], nodes=nodes))
    for hour in range(1, 8):
        items = [item(n, "conda/x", Outcome.FAIL if i < hour else Outcome.PASS) for i, n in enumerate(nodes)]
        write(store, run(items, nodes=nodes, hour=hour))
    box = Box()
    went, _ = deliver(store, Settings(urls=("json://a",)), DAY, box.send)

    assert (1, [("json://a", "trueup: 7 alerts since the last message")]) == (went, box.got)


def test_all_receivers_down_is_tried_again(broken: Store) -> None:
    """Nothing is lost, and it is told that nobody was."""
    box, later = Box("json://a", "json://b"), Box()
    went, wrong = deliver(broken, ME, DAY, box.send)
    deliver(broken, ME, DAY, later.send)

    assert (0, 2, 2) == (went, len(wrong), len(later.got))
    assert "not delivered: json://a: refused; it is tried again at the next run" in wrong[0]


def test_one_receiver_down_pages_no_other_twice(broken: Store) -> None:
    """Those who were told are not told again."""
    box = Box("json://b")
    deliver(broken, ME, DAY, box.send)
    deliver(broken, ME, DAY, box.send)

    assert 1 == len(box.got)


def test_no_receivers(broken: Store) -> None:
    """A first receiver is not sent the history."""
    box = Box()
    deliver(broken, Settings(), DAY, box.send)

    assert (0, []) == deliver(broken, ME, DAY, box.send)
