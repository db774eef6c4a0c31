"""The command `trueup report`."""

from pathlib import Path

import click
from rich.console import Console

from trueup.drift.cli.options import COULD_NOT, inventory_option
from trueup.drift.report.render import write_report
from trueup.drift.state_dir import state_of
from trueup.drift.store import StoreError, open_store


@click.command()
@click.option("--days", type=click.FloatRange(min=0.01), default=30.0, show_default=True, help="Of history.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("report/fleet.html"), show_default=True
)
@inventory_option
def report(days: float, out: Path, inventory: Path) -> None:
    """Write one HTML file about the fleet, which opens with no network.

    Example: trueup report --days 7 --out fleet.html
    """
    try:
        store = open_store(state_of(inventory).store)
        with Console(stderr=True).status("writing the report"):
            write_report(store, out, days)
        store.close()
    except (StoreError, OSError) as error:
        click.echo(str(error), err=True)
        raise SystemExit(COULD_NOT) from error
    click.echo(str(out))
