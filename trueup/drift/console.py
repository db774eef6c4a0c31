"""Print a run, and the history, for a person."""

from collections import Counter
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from trueup.drift.model import WRONG, Run
from trueup.drift.store.current import CurrentItem
from trueup.drift.store.history import Incident
from trueup.outcome import Outcome


def show_run(console: Console, run: Run, stale: tuple[CurrentItem, ...]) -> None:
    """Print what is not in order, with expected, actual and remedy, then the sums."""
    for item in run.items:
        if item.outcome in WRONG:
            console.print(f"[bold]{escape(item.node)}: {escape(item.check)}[/bold]: {item.outcome}")
            _line(console, "why it matters", item.why)
            _line(console, "expected", item.expected)
            _line(console, "actual", item.actual)
            _line(console, "remedy", item.remedy)
        for note in item.notes:
            console.print(f"note  {escape(item.node)}: {escape(item.check)}: {escape(note)}")
    for old in stale:
        console.print(f"{escape(old.node)}: {escape(old.check)}: unknown: {escape(old.stale)}")
    counts = Counter(item.outcome for item in run.items)
    left = f", {counts[None]} left to a deeper tier" if counts[None] else ""
    sums = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
    console.print(f"{len(run.nodes)} nodes in {run.seconds:.1f} s: {sums}{left}")
    for name, why in sorted(run.maintenance.items()):
        console.print(f"maintenance  {escape(name)}: {escape(why)}")


def _line(console: Console, what: str, text: str) -> None:
    if text:
        console.print(f"  {what}: {escape(text)}")


def show_history(console: Console, incidents: tuple[Incident, ...]) -> None:
    """Print one row an incident, the latest first."""
    table = Table()
    for column in ("drifted", "node", "check", "healed", "for", "with"):
        table.add_column(column, overflow="fold")
    for one in incidents:
        often = f" (flapping: {one.times} times)" if one.flapping else ""
        healed = clock(one.healed) if one.healed is not None else f"[bold]still {one.outcome}[/bold]"
        lasted = duration(one.seconds)
        with_it = "; ".join((*one.changed, *(f"healed with: {text}" for text in one.healed_with)))
        table.add_row(
            clock(one.drifted),
            escape(one.node),
            escape(one.check) + often,
            healed,
            lasted,
            escape(with_it),
        )
    console.print(table if incidents else "nothing drifted in that time")


def clock(at: float) -> str:
    """Seconds since 1970 as a time in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def duration(seconds: float) -> str:
    """90061 -> 1 d 1 h."""
    parts = [(int(seconds // 86400), "d"), (int(seconds % 86400 // 3600), "h"), (int(seconds % 3600 // 60), "min")]
    shown = [f"{number} {unit}" for number, unit in parts if number]
    return " ".join(shown[:2]) or f"{seconds:.0f} s"
