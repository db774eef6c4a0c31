"""What the page shows, as plain values: texts once, numbers in place of them."""

import time
from dataclasses import dataclass
from typing import Any

from trueup.drift.model import FLEET, WRONG
from trueup.drift.store import Store
from trueup.drift.store.current import CurrentItem, LastRun, fleet_now, last_run, nodes_now
from trueup.drift.store.history import HistoryQuery, Incident, incidents
from trueup.outcome import Outcome

# A browser lays out this many rows without a pause; the counts above them are of all.
MAX_INCIDENTS = 2000
MAX_LISTED = 500
RANK = {Outcome.UNKNOWN: 3, Outcome.FAIL: 2, Outcome.PASS: 1, Outcome.NOT_APPLICABLE: 0}


@dataclass(frozen=True)
class Page:
    """Everything the template needs. cells: node -> component -> (worst outcome, wrong, all)."""

    made: float
    last: LastRun | None
    nodes: dict[str, tuple[str, bool]]
    components: tuple[str, ...]
    cells: dict[str, dict[str, tuple[str, int, int]]]
    wrong: tuple[CurrentItem, ...]
    wrong_in_all: int
    incidents: tuple[Incident, ...]
    hidden: int
    script: dict[str, Any]

    @property
    def simulated(self) -> bool:
        """Whether some node's GPUs are stand-ins."""
        return any(stand_in for _, stand_in in self.nodes.values())


def page_data(store: Store, now: float, days: float) -> Page:
    """The page's values as of ``now``, with the history of that many days. Raises StoreError."""
    items = fleet_now(store, now)
    nodes = nodes_now(store)
    components = tuple(sorted({one.component for one in items}))
    cells: dict[str, dict[str, tuple[str, int, int]]] = {}
    for one in items:
        row = cells.setdefault(one.node, {})
        worst, bad, every = row.get(one.component, (Outcome.NOT_APPLICABLE, 0, 0))
        worse = RANK[one.outcome] > RANK[Outcome(worst)]
        row[one.component] = (
            one.outcome if worse else worst,
            bad + (RANK[one.outcome] >= RANK[Outcome.FAIL]),
            every + 1,
        )
    found = incidents(store, HistoryQuery(now=now, since=now - days * 86400.0))
    wrong = [one for one in items if one.outcome in WRONG]
    # What was seen to be wrong comes before what could not be seen.
    wrong.sort(key=lambda one: RANK[one.outcome])
    return Page(
        made=now,
        last=last_run(store),
        nodes=nodes,
        components=components,
        cells=dict(sorted(cells.items(), key=lambda each: (each[0] != FLEET, each[0]))),
        wrong=tuple(wrong[:MAX_LISTED]),
        wrong_in_all=len(wrong),
        incidents=found[:MAX_INCIDENTS],
        hidden=max(0, len(found) - MAX_INCIDENTS),
        script=_script(items),
    )


def _script(items: tuple[CurrentItem, ...]) -> dict[str, Any]:
    """What the page's script unfolds when a cell is opened.

    checks: [component, name, why]; nodes: node -> [[check, outcome, ...], ...] with the numbers of the texts (since,
    expected, actual, remedy, notes, stale) behind it where there are any; texts: each text once.
    """
    texts: dict[str, int] = {}
    numbers: dict[tuple[str, str], int] = {}
    checks: list[list[str]] = []
    nodes: dict[str, list[list[Any]]] = {}
    for one in items:
        number = numbers.setdefault((one.component, one.check), len(checks))
        if number == len(checks):
            checks.append([one.component, one.check, one.why])
        row: list[Any] = [number, one.outcome.value]
        if any((one.expected, one.actual, one.remedy, one.notes, one.stale)):
            told = (_when(one.since), one.expected, one.actual, one.remedy, one.notes, one.stale)
            row += [texts.setdefault(each, len(texts)) for each in told]
        nodes.setdefault(one.node, []).append(row)
    return {"checks": checks, "nodes": nodes, "texts": list(texts)}


def _when(at: float | None) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(at)) if at else ""
