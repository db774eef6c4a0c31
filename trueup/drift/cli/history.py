"""The command `trueup history`."""

import json
import time
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console

from trueup.drift.cli.options import COULD_NOT, Since, inventory_option, json_option
from trueup.drift.console import show_history
from trueup.drift.state_dir import state_of
from trueup.drift.store import StoreError, open_store
from trueup.drift.store.history import HistoryQuery, incidents


@click.command()
@click.option("--node", help="Only this node.")
@click.option("--component", help="Only this component.")
@click.option("--since", type=Since(), default="7d", show_default=True, help="A span (24h, 7d, 4w) or a date.")
@json_option
@inventory_option
def history(node: str | None, component: str | None, since: float, as_json: bool, inventory: Path) -> None:
    """List when each check drifted and healed, and what changed with it.

    Example: trueup history --since 24h --node node1
    """
    try:
        store = open_store(state_of(inventory).store)
        found = incidents(store, HistoryQuery(time.time(), node, component, since))
        store.close()
    except StoreError as error:
        click.echo(str(error), err=True)
        raise SystemExit(COULD_NOT) from error
    if as_json:
        click.echo(json.dumps([{**asdict(one), "flapping": one.flapping} for one in found], indent=1))
    else:
        show_history(Console(), found)
