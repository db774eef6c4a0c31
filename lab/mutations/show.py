"""What `trueup lab break --list` says."""

from rich.console import Console
from rich.table import Table

from lab.mutations.apply import catalogue


def as_json() -> list[dict[str, object]]:
    """Every mutation as JSON values."""
    return [mutation.model_dump(mode="json") for mutation in catalogue().values()]


def show() -> None:
    """Print every mutation: its node, what caused it in real life, and the checks that must see it."""
    lines = Table(title="breaks of a lab node", title_justify="left")
    for heading in ("name", "node", "what happened", "who must see it", "mended by"):
        lines.add_column(heading, no_wrap=heading == "name", overflow="fold")
    for mutation in catalogue().values():
        seen = ", ".join(mutation.reds[:1] or [f"{note} (a note)" for note in mutation.notes]) or "nobody"
        lines.add_row(
            mutation.name, mutation.node, mutation.cause, seen, "converge" if mutation.heals else "trueup lab mend"
        )
    Console(highlight=False).print(lines)
