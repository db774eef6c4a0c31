"""The command `trueup drift`."""

from importlib import import_module
from pathlib import Path

import click
from rich.console import Console

from trueup.accept.tiers import Tier
from trueup.declaration import Refusal
from trueup.drift.cli.options import COULD_NOT, inventory_option, json_option
from trueup.drift.collect import RunRequest
from trueup.drift.run import look
from trueup.drift.state_dir import AlreadyRunning, state_of


@click.command()
@click.option("--quick", "tier", flag_value=Tier.QUICK, type=Tier, help="No torch, no collective.")
@click.option("--deep", "tier", flag_value=Tier.DEEP, type=Tier, help="Hash every byte.")
@click.option("--component", "components", multiple=True, help="Only this component (again for more).")
@click.option("--node", "only", multiple=True, help="Only this node (again for more).")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML there.")
@click.option("--prometheus", type=click.Path(dir_okay=False, path_type=Path), help="Write metrics there (*.prom).")
@json_option
@inventory_option
def drift(
    tier: Tier | None,
    components: tuple[str, ...],
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
    question = RunRequest(inventory, tier or Tier.STANDARD, only, components, state.folder)
    try:
        with state.alone():
            with progress.status("looking") as status:
                run = look(question, lambda line: status.update(line), meanwhile=_read_what_keeps)
            # The store's library takes longer to read than all that a look needs before its first question.
            from trueup.drift.output import OutputFormats, answer

            said = answer(state, run, OutputFormats(junit, prometheus, as_json))
    except (Refusal, AlreadyRunning) as error:
        click.echo(str(error), err=True)
        raise SystemExit(COULD_NOT) from error
    raise SystemExit(said)


def _read_what_keeps() -> None:
    import_module("trueup.drift.output")
