"""The terminal summary: components by nodes, then what needs somebody's attention."""

from collections import Counter

from rich.console import Console, Group
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from trueup.outcome import CheckResult, Outcome

# Beyond this many columns a terminal shows nothing of use; the records have every node.
WIDEST = 8


def summary(answers: list[CheckResult], out: dict[str, str], width: int) -> str:
    """Components by nodes as text of at most ``width`` columns; out: node -> why it is left alone."""
    console = Console(width=width, no_color=True, highlight=False)
    table = _components(answers)
    free = console.options.update(max_width=10_000)
    if Measurement.get(console, free, table).minimum > width:
        table = _components(answers, widest=0)
    notes = [f"note  {a.node}: {a.check}: {note}" for a in answers for note in a.notes]
    lines = [*notes, *(f"out   {name}: {why}" for name, why in sorted(out.items())), _not_applicable(answers)]
    with console.capture() as captured:
        console.print(Group(table, *(Text(line) for line in lines if line)))
    return captured.get().rstrip()


def _components(answers: list[CheckResult], widest: int = WIDEST) -> Table:
    nodes = sorted({answer.node for answer in answers if answer.node != "fleet"})
    apart = len(nodes) <= widest
    table = Table(title="acceptance", title_justify="left")
    table.add_column("component")
    for column in [*(nodes if apart else [f"{len(nodes)} nodes"]), "between nodes"]:
        table.add_column(column)
    for component in sorted({answer.component for answer in answers}):
        here = [answer for answer in answers if answer.component == component]
        shared = [a for a in here if a.node != "fleet"]
        per_node = [[a for a in here if a.node == name] for name in nodes] if apart else [shared]
        table.add_row(component, *map(_cell, per_node), _cell([a for a in here if a.node == "fleet"]))
    return table


def _cell(answers: list[CheckResult]) -> str:
    counts = Counter(answer.outcome for answer in answers)
    shown = (Outcome.UNKNOWN, Outcome.FAIL, Outcome.PASS)
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in shown if counts[outcome])


def _not_applicable(answers: list[CheckResult]) -> str:
    left = sorted({f"{a.check} ({a.why})" for a in answers if a.outcome is Outcome.NOT_APPLICABLE})
    return f"not applicable: {'; '.join(left)}" if left else ""
