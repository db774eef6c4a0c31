"""The command `trueup schedule`."""

import json
import time
from pathlib import Path

import click

from trueup.accept import Tier
from trueup.drift.cli.options import inventory_option
from trueup.drift.pipeline import settings_path
from trueup.drift.state_dir import state_of
from trueup.drift.timer import CannotSchedule, Machine, Plan, install, installed, remove

# One run may be missed without alarm; two in a row are a dead timer.
MISSED = 2.5
MINUTES = {Tier.QUICK: 60, Tier.STANDARD: 24 * 60, Tier.DEEP: 7 * 24 * 60}


@click.group()
def schedule() -> None:
    """Manage the timer that runs drift.

    Example: trueup schedule install --tier quick
    """


@schedule.command("install")
@click.option("--tier", type=click.Choice([tier.value for tier in Tier]), default="quick", show_default=True)
@click.option("--every", "minutes", type=click.IntRange(min=5), help="Minutes; 60, 1440 or 10080 by the tier.")
@click.option("--prometheus", type=click.Path(dir_okay=False, path_type=Path), help="Write metrics there (*.prom).")
@inventory_option
def install_(tier: str, minutes: int | None, prometheus: Path | None, inventory: Path) -> None:
    """Install a hardened systemd service and timer.

    Example: trueup schedule install --tier deep --every 10080
    """
    deep = Tier(tier)
    settings = settings_path()
    plan = Plan(
        inventory=inventory.expanduser().resolve(),
        tier=deep,
        minutes=minutes or MINUTES[deep],
        state=state_of(inventory).folder.resolve(),
        notify=settings if settings.exists() else None,
        prometheus=prometheus.resolve() if prometheus else None,
    )
    if not plan.inventory.is_file():
        raise click.ClickException(f"{plan.inventory}: no such inventory")
    try:
        done = install(plan, Machine())
    except CannotSchedule as error:
        raise click.ClickException(str(error)) from error
    click.echo("\n".join(done))


@schedule.command()
@click.option("--every", "minutes", type=click.IntRange(min=5), default=60, show_default=True, help="Expected minutes.")
@inventory_option
def status(minutes: int, inventory: Path) -> None:
    """Show the timers and the last run; exit with 2 where a run is overdue.

    Example: trueup schedule status --every 60
    """
    machine, stamp = Machine(), state_of(inventory).stamp
    for path in installed(machine):
        click.echo(str(path))
        if path.suffix == ".timer":
            click.echo(machine.systemctl("list-timers", "--no-pager", path.name)[1])
    why = overdue(stamp, minutes, time.time())
    click.echo(why or f"{stamp}: drift ran in time")
    raise SystemExit(2 if why else 0)


def overdue(stamp: Path, minutes: float, now: float) -> str:
    """Return why a run is overdue, or ""."""
    try:
        stored = float(json.loads(stamp.read_text(encoding="utf-8"))["stored"])
    except FileNotFoundError:
        return f"{stamp}: no drift run was ever stored"
    except (ValueError, KeyError, TypeError):
        return f"{stamp}: cannot be read; the next drift run writes it anew"
    age = (now - stored) / 60.0
    if age < -1.0:
        return f"{stamp}: is {-age:.0f} min in the future: the clock went back"
    if age > minutes * MISSED:
        return f"{stamp}: the last drift run was stored {age:.0f} min ago, expected one every {minutes:.0f} min"
    return ""


@schedule.command("remove")
def remove_() -> None:
    """Stop and delete the timers; the history stays."""
    done = remove(Machine())
    click.echo("\n".join(done) or "nothing was installed")
