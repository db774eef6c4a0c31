"""Inject every fault of the catalogue into a lab, and show that each is caught and healed."""

import json
import random
import subprocess
from pathlib import Path

import click

from lab.errors import LabError
from lab.fault_coverage import page
from lab.fault_coverage.applicable import STANDARD_SHAPE, faults_for
from lab.fault_coverage.checkpoint import EMPTY, Checkpoint, document, read
from lab.fault_coverage.commands import ROOT
from lab.fault_coverage.run import CoverageRun
from lab.fault_coverage.target_lab import pair
from lab.faults.catalogue import catalogue
from lab.faults.fault import Fault
from lab.progress import Steps
from lab.topologies import SHAPES
from trueup.accept import Tier

REPORTS = ROOT / "report"
PAGE = ROOT / "docs/evidence/fault-coverage.md"


def chosen(names: tuple[str, ...], sample: int | None, seed: int, shape: str = STANDARD_SHAPE) -> list[Fault]:
    """Return the shape's faults whose names begin with NAMES, or all; of them a sample."""
    found = [fault for fault in faults_for(shape) if not names or fault.name.startswith(names)]
    return found if sample is None else random.Random(seed).sample(found, min(sample, len(found)))  # noqa: S311 -- a choice that can be repeated, no secret


def report_path(shape: str) -> Path:
    """Return the report's file: one a shape, so that a run of one does not replace another's."""
    return REPORTS / ("fault-coverage.json" if shape == STANDARD_SHAPE else f"fault-coverage-{shape}.json")


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def _inject_all(run: CoverageRun, faults: list[Fault], checkpoint: Checkpoint, steps: Steps) -> str:
    """Write each batch's verdicts as they come; return why the run ended early, "" where it did not."""
    try:
        for verdicts in run.verdicts(faults):
            checkpoint.verdicts += verdicts
            checkpoint.write(run, "it was interrupted")
            for verdict in verdicts:
                for problem in verdict.problems:
                    steps.say(f"       {verdict.name}: {problem}")
        run.end()
    except LabError as error:
        return str(error)
    return ""


@click.command()
@click.argument("names", nargs=-1)
@click.option("--sample", type=int, default=None, help="Only so many of them, chosen by the seed.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which sample.")
@click.option(
    "--tier", type=click.Choice([tier.value for tier in Tier]), default=Tier.DEEP.value, help="The deepest tier to run."
)
@click.option(
    "--shape", type=click.Choice(list(SHAPES)), default=STANDARD_SHAPE, help="The lab's shape; of others only node2."
)
@click.option("--resume", is_flag=True, help="Only the faults without a verdict that holds in the last report.")
@click.option("--page", "with_page", is_flag=True, help="Write docs/evidence/fault-coverage.md, too; for a whole run.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")
@click.pass_context
def main(
    context: click.Context,
    names: tuple[str, ...],
    sample: int | None,
    seed: int,
    tier: str,
    shape: str,
    resume: bool,
    with_page: bool,
    as_json: bool,
) -> None:
    """Inject the faults whose names begin with NAMES, or all, and show that each is caught and healed."""
    path = report_path(shape)
    if resume and not path.exists():
        raise click.UsageError(f"--resume: there is no {path.relative_to(ROOT)} to resume; leave it out")
    before = read(path.read_text("utf-8")) if resume else EMPTY
    checkpoint = Checkpoint(path, _commit(), frozenset(fault.name for fault in faults_for(shape)), before)
    known = {verdict.name for verdict in checkpoint.verdicts}
    faults = [fault for fault in chosen(names, sample, seed, shape) if fault.name not in known]
    with Steps() as steps, pair(steps, shape) as instance:
        run = CoverageRun(instance, steps, Tier(tier))
        run.begin()
        stopped = _inject_all(run, run.within(faults), checkpoint, steps)
    report = checkpoint.write(run, stopped)
    if with_page:
        PAGE.write_text(page.text(report, catalogue()), "utf-8")
    click.echo(json.dumps(document(report), indent=1) if as_json else page.summary(report))
    context.exit(0 if report.holds else 1)


if __name__ == "__main__":
    main()
