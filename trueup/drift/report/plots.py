"""Curves over time as inline SVG: each node's own line where they are few, the fleet's band where they are many."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from trueup.drift.store import Store
from trueup.drift.store.schema import measures, nodes, runs, series

WIDTH, HEIGHT, LEFT, BOTTOM = 720, 180, 56, 22
# Okabe and Ito's colours, which colour-blind eyes tell apart; beyond as many lines nobody does.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 4", "12 4")
BUCKETS = 120
NEVER = 2**31 - 1
TITLES = {
    "temperature": "GPU temperature, degrees C",
    "ecc": "uncorrected ECC errors since boot",
    "replays": "PCIe replays",
    "bandwidth": "bus bandwidth of the all-reduce, GB/s",
}

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """One line: its points are the path of an SVG; dash tells it apart without colour."""

    name: str
    path: str
    colour: str
    dash: str


@dataclass(frozen=True)
class Plot:
    """One plot; marks: (pixel, label) on each axis. band: outline of lowest to highest, where lines are many."""

    title: str
    lines: tuple[Line, ...]
    band: str
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]


def plots(store: Store, since: float, now: float) -> tuple[Plot, ...]:
    """One plot for each kind of measure that has values. Raises StoreError."""
    found: dict[str, dict[str, list[Point]]] = defaultdict(lambda: defaultdict(list))
    with store.reading() as db:
        for row in db.execute(_kept(since)):
            kind, _, rest = row.name.partition("[")
            name = row.node if row.node != "fleet" else "fleet"
            points = found[kind][f"{name} GPU {rest.removesuffix(']')}" if rest else name]
            # What a clock that went back left in the future stands at the right edge.
            points.append((min(max(row.started, since), now), row.value))
    return tuple(_plot(TITLES.get(kind, kind), lines, since, now) for kind, lines in sorted(found.items()))


def _kept(since: float) -> "Select[Any]":
    """The values kept since then, and of each series the last one before: it stands until another is kept."""
    # Where none ran since then, every run was before.
    first = select(func.coalesce(func.min(runs.c.id), NEVER)).where(runs.c.started >= since).scalar_subquery()
    before = (
        select(func.max(measures.c.run))
        .where(measures.c.series == series.c.id, measures.c.run < first)
        .correlate(series)
        .scalar_subquery()
    )
    return (
        select(nodes.c.name.label("node"), series.c.name, runs.c.started, measures.c.value)
        .select_from(series)
        .join(nodes, series.c.node == nodes.c.id)
        .join(measures, (measures.c.series == series.c.id) & (measures.c.run >= func.coalesce(before, 0)))
        .join(runs, measures.c.run == runs.c.id)
        .where(nodes.c.removed == 0)
        .order_by(measures.c.series, measures.c.run)
    )


def _plot(title: str, lines: dict[str, list[Point]], since: float, now: float) -> Plot:
    values = [value for points in lines.values() for _, value in points]
    low, high = min(0.0, *values), max(values) * 1.05 or 1.0

    def place(at: float, value: float) -> str:
        x = LEFT + (WIDTH - LEFT) * (at - since) / max(1.0, now - since)
        return f"{x:.1f} {(HEIGHT - BOTTOM) * (1 - (value - low) / (high - low)) + 4:.1f}"

    def path(points: list[Point]) -> str:
        return "M" + "L".join(place(at, value) for at, value in _steps(points, now))

    days = max(1.0, (now - since) / 86400.0)
    across = tuple(
        (LEFT + (WIDTH - LEFT) * part / 4, f"-{days * (1 - part / 4):.3g} d" if part < 4 else "now")
        for part in range(5)
    )
    up = tuple(
        (float(place(now, low + (high - low) * part / 4).split()[1]), f"{low + (high - low) * part / 4:.3g}")
        for part in (0, 2, 4)
    )
    if len(lines) <= len(COLOURS):
        drawn = tuple(
            Line(name, path(points), COLOURS[i], DASHES[i]) for i, (name, points) in enumerate(sorted(lines.items()))
        )
        return Plot(title, drawn, "", across, up)
    lowest, middle, highest = _bands(list(lines.values()), since, now)
    outline = "M" + "L".join(place(at, value) for at, value in [*lowest, *reversed(highest)]) + "Z"
    median = Line(f"median of {len(lines)}; the band is lowest to highest", path(middle), COLOURS[0], "")
    return Plot(title, (median,), outline, across, up)


def _steps(points: list[Point], now: float) -> Iterator[Point]:
    """A kept value holds until the next: steps, thinned to what a screen can show."""
    last = points[0][1]
    for at, value in points[:: max(1, len(points) // (4 * BUCKETS))]:
        yield at, last
        yield at, value
        last = value
    yield now, points[-1][1]


def _bands(lines: list[list[Point]], since: float, now: float) -> tuple[list[Point], list[Point], list[Point]]:
    """Lowest, median and highest of all lines in each of BUCKETS parts of the time."""
    lowest, middle, highest = [], [], []
    heads = [0] * len(lines)
    for bucket in range(1, BUCKETS + 1):
        at = now - (now - since) * (BUCKETS - bucket) / BUCKETS
        values = []
        for number, points in enumerate(lines):
            while heads[number] + 1 < len(points) and points[heads[number] + 1][0] <= at:
                heads[number] += 1
            if points[heads[number]][0] <= at:
                values.append(points[heads[number]][1])
        if values:
            values.sort()
            lowest.append((at, values[0]))
            middle.append((at, values[len(values) // 2]))
            highest.append((at, values[-1]))
    return lowest, middle, highest
