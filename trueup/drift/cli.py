"""The commands `trueup drift`, `trueup history` and `trueup report`."""

import json
import time
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console

from trueup.accept.tiers import Tier
from trueup.drift.asking import Question
from trueup.drift.finish import finish
from trueup.drift.history import Asked, episodes
from trueup.drift.junit import junit as as_junit
from trueup.drift.options import Since, inventory_option, json_option
from trueup.drift.prometheus import write as write_metrics
from trueup.drift.record import Run, status_of
from trueup.drift.report.make import make
from trueup.drift.run import look
from trueup.drift.state import AlreadyRunning, put, state_of
from trueup.drift.store import StoreError, open_store
from trueup.drift.store.reading import Now
from trueup.drift.table import show_history, show_run
from trueup.spec.refusal import Refusal

COULD_NOT = 2


@click.command()
@click.option("--quick", "tier", flag_value=Tier.QUICK, type=Tier, help="No torch, no collective.")
@click.option("--deep", "tier", flag_value=Tier.DEEP, type=Tier, help="Hash every byte.")
@click.option("--room", "rooms", multiple=True, help="Only this room (again for more).")
@click.option("--node", "only", multiple=True, help="Only this node (again for more).")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML there.")
@click.option("--prometheus", type=click.Path(dir_okay=False, path_type=Path), help="Write metrics there (*.prom).")
@json_option
@inventory_option
def drift(
    tier: Tier | None,
    rooms: tuple[str, ...],
    only: tuple[str, ...],
    junit: Path | None,
    prometheus: Path | None,
    as_json: bool,
    inventory: Path,
) -> None:
    """Look at what no longer holds, and keep it in the history.

    Exit status: 0 in sync, 1 drift, 2 could not look.
    """
    state, progress = state_of(inventory), Console(stderr=True)
    question = Question(inventory, tier or Tier.USUAL, only, rooms, state.folder)
    try:
        with state.alone():
            with progress.status("looking") as status:
                run = look(question, lambda line: status.update(line))
            done = finish(state, run)
    except (Refusal, AlreadyRunning) as error:
        click.echo(str(error), err=True)
        raise SystemExit(COULD_NOT) from error
    for line in done.told:
        click.echo(line, err=True)
    if prometheus and done.stored:
        write_metrics(prometheus, run, done.now)
    if junit:
        put(junit, as_junit(run), mode=0o644)
    status_now = max(status_of(run.items), COULD_NOT if done.stale or not run.complete else 0)
    status_now = COULD_NOT if not done.stored else status_now
    if as_json:
        click.echo(json.dumps(document(run, done.stale, done.since, status_now), indent=1))
    else:
        show_run(Console(), run, done.stale)
    raise SystemExit(status_now)


def document(run: Run, stale: tuple[Now, ...], since: dict[tuple[str, str], float], status: int) -> dict[str, object]:
    """The run as JSON values; each item that is not in order has ``since``, in seconds since 1970."""
    values = run.model_dump(mode="json")
    for item in values["items"]:
        item["since"] = since.get((item["node"], item["name"]))
        item["outcome"] = item["outcome"] or "not looked at in this tier"
        seen = run.nodes.get(item["node"])
        item["boot"] = seen.boot if seen else None
        item["profile"] = seen.profile if seen else None
    old = [{"node": one.node, "name": one.name, "why": one.stale, "seen": one.seen} for one in stale]
    return {**values, "stale": old, "status": status}


@click.command()
@click.option("--node", help="Only this node.")
@click.option("--room", help="Only this room.")
@click.option("--since", type=Since(), default="7d", show_default=True, help="A span (24h, 7d, 4w) or a date.")
@json_option
@inventory_option
def history(node: str | None, room: str | None, since: float, as_json: bool, inventory: Path) -> None:
    """When each thing drifted and healed, how long, how often, and what changed with it."""
    try:
        store = open_store(state_of(inventory).store)
        found = episodes(store, Asked(time.time(), node, room, since))
        store.close()
    except StoreError as error:
        click.echo(str(error), err=True)
        raise SystemExit(COULD_NOT) from error
    if as_json:
        click.echo(json.dumps([{**asdict(one), "flapping": one.flapping} for one in found], indent=1))
    else:
        show_history(Console(), found)


@click.command()
@click.option("--days", type=click.FloatRange(min=0.01), default=30.0, show_default=True, help="Of history.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("report/fleet.html"), show_default=True
)
@inventory_option
def report(days: float, out: Path, inventory: Path) -> None:
    """One HTML file that opens with no network: the fleet, what drifted, temperatures, errors, bandwidth."""
    try:
        store = open_store(state_of(inventory).store)
        with Console(stderr=True).status("writing the report"):
            make(store, out, days)
        store.close()
    except (StoreError, OSError) as error:
        click.echo(str(error), err=True)
        raise SystemExit(COULD_NOT) from error
    click.echo(str(out))
