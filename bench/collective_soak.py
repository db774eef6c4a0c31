"""A healthy pair never fails: the job over and over, small buffers; a diagnosis and exit 1 at the first that does.

TRUEUP_LAB=NAME python -m bench.collective_soak [--runs 50]
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

import click
from rich.console import Console

from trueup.collective import JobSpec, Member, examine, job_of, members_of
from trueup.declaration import load_fleet, profiles_of
from trueup.remote_shell import Shell, ShellError, Target, connect_all

SIZES = (12, 1_000_012)


@contextmanager
def fleet_of(inventory: Path) -> Iterator[tuple[Sequence[Member], JobSpec]]:
    """The active nodes with a shell each, and their job with small buffers; raises ShellError."""
    fleet = load_fleet(inventory)
    profile = profiles_of(fleet)[fleet.active[0].name]
    found = connect_all([Target.of_node(node) for node in fleet.active])
    with ExitStack() as stack:
        shells = {name: stack.enter_context(each) for name, each in found.items() if isinstance(each, Shell)}
        for each in found.values():
            if isinstance(each, ShellError):
                raise each
        yield members_of(fleet.active, profile, shells), replace(job_of(profile), sizes=SIZES)


@click.command()
@click.option("--runs", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--inventory", type=click.Path(path_type=Path), default=Path("lab/inventory.py"), show_default=True)
def main(runs: int, inventory: Path) -> None:
    """Run the job that often, one after the other; the nodes must be converged."""
    console = Console(highlight=False)
    took = []
    with fleet_of(inventory) as (members, job):
        for number in range(1, runs + 1):
            since = time.monotonic()
            verdict = examine(members, job)
            took.append(time.monotonic() - since)
            console.print(f"{number:3} of {runs}: {verdict.outcome} in {took[-1]:.1f} s")
            if verdict.outcome != "pass":
                console.print("\n".join(verdict.reasons), markup=False)
                raise SystemExit(1)
    console.print(f"{runs} of {runs} runs hold; median {median(took):.1f} s, slowest {max(took):.1f} s")


if __name__ == "__main__":
    main()
