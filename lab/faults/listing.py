"""What `trueup lab break --list` says."""

import click

from lab.faults.catalogue import catalogue
from lab.faults.fault import Fault


def as_json() -> list[dict[str, object]]:
    """Every mutation as JSON values."""
    return [mutation.model_dump(mode="json") for mutation in catalogue().values()]


def line(mutation: Fault) -> str:
    """Its node and who mends it; what happened in real life; the check that must see it."""
    mended = "converge" if mutation.heals else "trueup lab mend"
    seen = next(iter((*mutation.reds, *mutation.blind)), "") or ", ".join(f"{note} (a note)" for note in mutation.notes)
    return (
        f"{mutation.name} ({mutation.node}, mended by {mended})\n    {mutation.cause}\n    seen by {seen or 'nobody'}"
    )


def show() -> None:
    """Print every mutation."""
    for mutation in catalogue().values():
        click.echo(line(mutation))
