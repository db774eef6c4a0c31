"""The command `trueup drift`."""

from importlib import import_module
from pathlib import Path

import click
from rich.console import Console

from trueup.accept import Tier
from trueup.declaration import Refusal
from trueup.drift.cli.options import COULD_NOT, inventory_option, json_option
from trueup.drift.collect import RunRequest
from trueup.drift.run import collect_run
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
    """Check the fleet against its declaration, and store the result.

    Example: trueup drift --quick --junit drift.xml

    Exit status: 0 in sync, 1 drift, 2 unknown.
    """
    state, progress = state_of(inventory), Console(stderr=True)
    request = RunRequest(inventory, tier or Tier.STANDARD, only, components, state.folder)
    try:
        with state.exclusive():
            with progress.status("checking") as status:
                run = collect_run(request, lambda line: status.update(line), meanwhile=_import_output)
            # The store's library takes longer to read than all that a look needs before its first request.
            from trueup.drift.output import OutputFormats, emit

            exit_status = emit(state, run, OutputFormats(junit, prometheus, as_json))
    except (Refusal, AlreadyRunning) as error:
        click.echo(str(error), err=True)
        raise SystemExit(COULD_NOT) from error
    raise SystemExit(exit_status)


def _import_output() -> None:
    import_module("trueup.drift.output")
