"""The command `trueup heal`."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from trueup.accept import Tier
from trueup.declaration import Refusal
from trueup.drift.cli.options import COULD_NOT, inventory_option
from trueup.drift.collect import RunRequest
from trueup.drift.console import show_run
from trueup.drift.model import FLEET, Run
from trueup.drift.pipeline import PipelineResult, run_pipeline
from trueup.drift.run import collect_run
from trueup.drift.state_dir import AlreadyRunning, State, state_of
from trueup.outcome import Outcome

# A converge that builds an environment on every node takes this long at most.
DEADLINE_S = 2 * 3600.0


@dataclass(frozen=True)
class Remediation:
    """What converge would change: operations by node; hands: what it will not mend, with its remedy."""

    operations: dict[str, tuple[str, ...]]
    hands: tuple[str, ...]


def remediation_of(run: Run) -> Remediation:
    """From a run: pending operations are converged; a check that fails where nothing is pending needs hands."""
    operations: dict[str, list[str]] = {}
    for item in run.items:
        if item.kind == "plan" and item.outcome is Outcome.FAIL:
            operations.setdefault(item.node, []).append(item.check)
    pending = {(node, name.partition("/")[0]) for node, names in operations.items() for name in names}
    hands = [
        f"{item.node}: {item.check}: {item.remedy}"
        for item in run.items
        if item.kind == "check" and item.outcome in (Outcome.FAIL, Outcome.UNKNOWN)
        if item.node != FLEET and (item.node, item.component) not in pending
    ]
    return Remediation({node: tuple(names) for node, names in operations.items()}, tuple(hands))


def command(inventory: Path, nodes: tuple[str, ...]) -> list[str]:
    """pyinfra on the drifted nodes alone; the components that did not drift have nothing to change there.

    -y answers pyinfra's own request, which trueup has asked already.
    """
    limit = [part for node in nodes for part in ("--limit", node)]
    return [str(Path(sys.executable).with_name("pyinfra")), "-y", str(inventory), "deploy/site.py", *limit]


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask; for machines.")
@click.option("--component", "components", multiple=True, help="Only this component (again for more).")
@click.option("--node", "only", multiple=True, help="Only this node (again for more).")
@inventory_option
def heal(yes: bool, components: tuple[str, ...], only: tuple[str, ...], inventory: Path) -> None:
    """Converge what drifted, after showing the plan, then check again.

    Example: trueup heal --node node1

    Both runs are stored.

    A node is rebooted only where its profile says that converge may. Exit status: as drift, of the second run.
    """
    state, console, progress = state_of(inventory), Console(), Console(stderr=True)
    request = RunRequest(inventory, Tier.QUICK, only, components, state.folder)
    try:
        with state.exclusive():
            run, _ = _run_and_store(request, state, progress, healed=False)
            remediation = remediation_of(run)
            _show(console, remediation)
            if not remediation.operations:
                raise SystemExit(run.status)
            if not yes and not click.confirm("Converge this?"):
                raise SystemExit(run.status)
            _converge(command(inventory, tuple(remediation.operations)), progress)
            run, done = _run_and_store(request, state, progress, healed=True)
    except (Refusal, AlreadyRunning) as error:
        click.echo(str(error), err=True)
        raise SystemExit(COULD_NOT) from error
    show_run(console, run, done.stale)
    raise SystemExit(run.status if done.stored and run.complete else COULD_NOT)


def _run_and_store(request: RunRequest, state: State, progress: Console, *, healed: bool) -> tuple[Run, PipelineResult]:
    with progress.status("checking again" if healed else "checking") as status:
        run = collect_run(request, lambda line: status.update(line), "heal" if healed else "drift")
    done = run_pipeline(state, run)
    for line in done.messages:
        click.echo(line, err=True)
    return run, done


def _show(console: Console, remediation: Remediation) -> None:
    for node, names in remediation.operations.items():
        console.print(f"[bold]{escape(node)}[/bold] would change:")
        for name in names:
            console.print(f"  {escape(name)}")
    for line in remediation.hands:
        console.print(f"not for converge: {escape(line)}")
    if not remediation.operations:
        console.print("converge has nothing to change")


def _converge(argv: list[str], progress: Console) -> None:
    """Run pyinfra; where it fails, the second run says how the nodes are."""
    try:
        with progress.status("converging"):
            done = subprocess.run(
                argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE_S, check=False
            )
    except subprocess.TimeoutExpired:
        click.echo(f"converge did not end within {DEADLINE_S / 3600:.0f} h", err=True)
        return
    if done.returncode != 0:
        last = "\n".join(done.stderr.strip().splitlines()[-15:])
        click.echo(f"converge ended with status {done.returncode}:\n{last}", err=True)
