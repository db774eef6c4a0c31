"""Drift's history after two years of a thousand nodes, 150 items each, checked every hour.

python -m bench.drift [--nodes 1000 --items 150 --days 730]
"""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click

from bench.long_history import HOUR, Years, fill, name_of
from trueup.drift.report.render import write_report
from trueup.drift.store import open_store
from trueup.drift.store.history import HistoryQuery, incidents

ROUNDS = 3
MONTH_DAYS = 30


def median(work: Callable[[], object]) -> float:
    """The median of ROUNDS, in seconds."""
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return sorted(taken)[ROUNDS // 2]


@click.command()
@click.option("--nodes", default=1000, show_default=True)
@click.option("--items", default=150, show_default=True)
@click.option("--days", default=730, show_default=True)
def main(nodes: int, items: int, days: int) -> None:
    """One JSON object: seconds and bytes."""
    years = Years(nodes, items, days * 24)
    now = years.end + HOUR / 2
    with tempfile.TemporaryDirectory(prefix="trueup-years-") as folder:
        path, page = Path(folder, "history.sqlite"), Path(folder, "fleet.html")
        store = open_store(path)
        began = time.perf_counter()
        fill(store, years)
        filled = time.perf_counter() - began
        asked = HistoryQuery(now=now, node=name_of(nodes // 2))
        month = HistoryQuery(now=now, since=now - MONTH_DAYS * 24 * HOUR)
        found = {
            "nodes": nodes,
            "items": items,
            "runs": years.hours,
            "filled_s": filled,
            "store_bytes": path.stat().st_size + path.with_name("history.sqlite-wal").stat().st_size,
            "node_incidents": len(incidents(store, asked)),
            "history_of_a_node_s": median(lambda: incidents(store, asked)),
            "history_of_a_month_s": median(lambda: incidents(store, month)),
            "report_s": median(lambda: write_report(store, page, MONTH_DAYS, now)),
            "report_bytes": page.stat().st_size,
        }
        store.close()
    click.echo(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
