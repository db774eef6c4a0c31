"""Print the catalogue: `trueup lab inject --list`."""

import click

from lab.faults.catalogue import catalogue
from lab.faults.fault import EVERYWHERE, Fault


def as_json() -> list[dict[str, object]]:
    """Return every fault as JSON values."""
    return [fault.model_dump(mode="json") for fault in catalogue().values()]


def line(fault: Fault) -> str:
    """Say where a fault applies, what repairs it, what causes it in real life, and which check catches it."""
    repair = "converge repairs it" if fault.converge_repairs else "trueup lab undo"
    place = fault.node if fault.runs_on == EVERYWHERE else f"{fault.node} on {', '.join(fault.runs_on)}"
    checks = (*fault.failing_checks, *fault.unknown_checks)
    caught = next(iter(checks), "") or ", ".join(f"{note} (a note)" for note in fault.notes)
    return f"{fault.name} ({place}; {repair})\n    {fault.cause}\n    caught by {caught or 'no check'}"


def show() -> None:
    """Print every fault."""
    for fault in catalogue().values():
        click.echo(line(fault))
