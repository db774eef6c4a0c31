"""The terminal summary: rooms by nodes, then what needs somebody's attention."""

from collections import Counter

from rich.console import Console, Group
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from trueup.outcome import CheckResult, Outcome

# Beyond this many columns a terminal shows nothing of use; the records have every node.
WIDEST = 8


def summary(answers: list[CheckResult], out: dict[str, str], width: int) -> str:
    """Rooms by nodes as text of at most ``width`` columns; out: node -> why it is left alone."""
    console = Console(width=width, no_color=True, highlight=False)
    table = _rooms(answers)
    free = console.options.update(max_width=10_000)
    if Measurement.get(console, free, table).minimum > width:
        table = _rooms(answers, widest=0)
    notes = [f"note  {a.node}: {a.check}: {note}" for a in answers for note in a.notes]
    lines = [*notes, *(f"out   {name}: {why}" for name, why in sorted(out.items())), _not_applicable(answers)]
    with console.capture() as captured:
        console.print(Group(table, *(Text(line) for line in lines if line)))
    return captured.get().rstrip()


def _rooms(answers: list[CheckResult], widest: int = WIDEST) -> Table:
    nodes = sorted({answer.node for answer in answers if answer.node != "fleet"})
    apart = len(nodes) <= widest
    table = Table(title="acceptance", title_justify="left")
    table.add_column("room")
    for column in [*(nodes if apart else [f"{len(nodes)} nodes"]), "between nodes"]:
        table.add_column(column)
    for room in sorted({answer.room for answer in answers}):
        here = [answer for answer in answers if answer.room == room]
        shared = [a for a in here if a.node != "fleet"]
        per_node = [[a for a in here if a.node == name] for name in nodes] if apart else [shared]
        table.add_row(room, *map(_cell, per_node), _cell([a for a in here if a.node == "fleet"]))
    return table


def _cell(answers: list[CheckResult]) -> str:
    counts = Counter(answer.outcome for answer in answers)
    shown = (Outcome.UNKNOWN, Outcome.FAILS, Outcome.HOLDS)
    return ", ".join(f"{counts[outcome]} {_verb(outcome, counts[outcome])}" for outcome in shown if counts[outcome])


def _verb(outcome: Outcome, count: int) -> str:
    if outcome is Outcome.UNKNOWN:
        return "could not look"
    if outcome is Outcome.FAILS:
        return "does not hold" if count == 1 else "do not hold"
    return "holds" if count == 1 else "hold"


def _not_applicable(answers: list[CheckResult]) -> str:
    left = sorted({f"{a.check} ({a.why})" for a in answers if a.outcome is Outcome.NOT_APPLICABLE})
    return f"not applicable: {'; '.join(left)}" if left else ""
