"""The one message a day."""

from datetime import datetime
from pathlib import Path

from tests.unit.drift.factories import START, bad, good, run
from trueup.drift.notify.digest import digest, text
from trueup.drift.notify.settings import Settings
from trueup.drift.store import Store
from trueup.drift.store.current import fleet_now
from trueup.drift.store.import_run import write

DAY = datetime.fromisoformat("2027-01-15 08:00")


def test_sent_once_a_day_and_again_where_no_receiver_took_it(store: Store, tmp_path: Path) -> None:
    """A digest that failed is due still."""
    write(store, run([bad("n1"), *good()[1:]]))
    items, stamp = fleet_now(store, START), tmp_path / "digest.json"
    ask = Settings(urls=("json://a",), digest="07:00")
    got: list[str] = []

    def take(_url: str, title: str, _body: str) -> str:
        got.append(title)
        return ""

    failed = digest(ask, stamp, DAY, items, lambda *_message: "down")
    for hour in (9, 10):
        digest(ask, stamp, DAY.replace(hour=hour), items, take)
    digest(ask, stamp, DAY.replace(day=16), items, take)

    assert ["trueup digest: 1 items on 1 nodes are not in order: not delivered: down"] == failed
    assert ["trueup digest: 1 items on 1 nodes are not in order"] * 2 == got


def test_text(store: Store) -> None:
    """In sync is worth a message, too."""
    write(store, run(good()))

    assert ("trueup digest: in sync", "8 items are in order.") == text(fleet_now(store, START))
