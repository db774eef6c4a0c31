"""Store a run, and write it in the selected formats."""

import json
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from trueup.drift.cli.options import COULD_NOT
from trueup.drift.console import show_run
from trueup.drift.junit import junit as as_junit
from trueup.drift.model import Run
from trueup.drift.pipeline import run_pipeline
from trueup.drift.prometheus import write as write_metrics
from trueup.drift.state_dir import State
from trueup.drift.store.current import CurrentItem
from trueup.files import write_atomic


@dataclass(frozen=True)
class OutputFormats:
    """Select the formats: files for JUnit XML and metrics, and JSON in place of the table."""

    junit: Path | None = None
    prometheus: Path | None = None
    as_json: bool = False


def emit(state: State, run: Run, formats: OutputFormats) -> int:
    """Store the run, write it, and return the exit status."""
    done = run_pipeline(state, run)
    for line in done.messages:
        click.echo(line, err=True)
    if formats.prometheus and done.stored:
        write_metrics(formats.prometheus, run, done.now)
    if formats.junit:
        write_atomic(formats.junit, as_junit(run), mode=0o644)
    status = max(run.status, COULD_NOT if done.stale or not run.complete else 0)
    status = COULD_NOT if not done.stored else status
    if formats.as_json:
        click.echo(json.dumps(document(run, done.stale, done.since, status), indent=1))
    else:
        show_run(Console(), run, done.stale)
    return status


def document(
    run: Run, stale: tuple[CurrentItem, ...], since: dict[tuple[str, str], float], status: int
) -> dict[str, object]:
    """The run as JSON values; each item that is not in order has ``since``, in seconds since 1970."""
    values = run.model_dump(mode="json")
    for item in values["items"]:
        item["since"] = since.get((item["node"], item["check"]))
        seen = run.nodes.get(item["node"])
        item["boot"] = seen.boot if seen else None
        item["profile"] = seen.profile if seen else None
    old = [{"node": one.node, "check": one.check, "why": one.stale, "checked_at": one.checked_at} for one in stale]
    return {**values, "stale": old, "status": status}
