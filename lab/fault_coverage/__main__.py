"""Inject every fault of the catalogue into a lab, and show that each is caught and healed."""

import json
import random
import subprocess
from pathlib import Path

import click

from lab.errors import LabError
from lab.fault_coverage import applicable, page
from lab.fault_coverage.checkpoint import NOTHING, Checkpoint, document, read
from lab.fault_coverage.commands import ROOT
from lab.fault_coverage.run import CoverageRun
from lab.fault_coverage.target_lab import pair
from lab.faults.catalogue import catalogue
from lab.faults.el import of_the_mixed_lab
from lab.faults.fault import Fault
from lab.progress import Steps
from trueup.accept.tiers import Tier

REPORTS = ROOT / "report"
PAGE = ROOT / "docs/evidence/fault-coverage.md"
MIXED = "mixed"


def chosen(names: tuple[str, ...], sample: int | None, seed: int, shape: str | None = None) -> list[Fault]:
    """Those of these names or beginnings of names, or all; of them as many as a sample has, by a seed."""
    if shape is None:
        every = list(catalogue().values())
    else:
        every = of_the_mixed_lab() if shape == MIXED else applicable.of_the_lab(shape)
    found = [one for one in every if not names or one.name.startswith(names)]
    return found if sample is None else random.Random(seed).sample(found, min(sample, len(found)))  # noqa: S311 -- a choice that can be repeated, no secret


def report_of(shape: str | None) -> Path:
    """Each shape has its own, so that a short run of one does not take another's place."""
    return REPORTS / (f"proof-{shape}.json" if shape else "proof.json")


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def _prove(proof: CoverageRun, mutations: list[Fault], keep: Checkpoint, steps: Steps) -> str:
    """Keep each verdict as it comes; why the run ended early, "" where it did not; what was found is reported."""
    try:
        for found in proof.prove(mutations):
            keep.proved += found
            keep.write(proof, "it was interrupted")
            for one in found:
                for text in one.wrong:
                    steps.say(f"       {one.name}: {text}")
        proof.end()
    except LabError as error:
        return str(error)
    return ""


@click.command()
@click.argument("names", nargs=-1)
@click.option("--sample", type=int, default=None, help="Only so many of them, chosen by the seed.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which sample.")
@click.option("--tier", type=click.Choice([one.value for one in Tier]), default=Tier.DEEP.value, help="No deeper ones.")
@click.option(
    "--shape", type=click.Choice([MIXED, *applicable.SHAPES]), default=None, help="Only what its node2 knows."
)
@click.option(
    "--go-on", is_flag=True, help="Only those that the last report lacks, or that were not as recorded in it."
)
@click.option("--page", "with_page", is_flag=True, help="Write docs/evidence/fault-coverage.md, too; for a whole run.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def main(
    context: click.Context,
    names: tuple[str, ...],
    sample: int | None,
    seed: int,
    tier: str,
    shape: str | None,
    go_on: bool,
    with_page: bool,
    as_json: bool,
) -> None:
    """Prove the mutations whose names begin with NAMES; all where none is given."""
    kept = report_of(shape)
    if go_on and not kept.exists():
        raise click.UsageError(f"--go-on: there is no {kept.relative_to(ROOT)} to go on from; leave it out")
    keep = Checkpoint(kept, _commit(), read(kept.read_text("utf-8")) if go_on else NOTHING)
    known = {one.name for one in keep.proved}
    mutations = [one for one in chosen(names, sample, seed, shape) if one.name not in known]
    with Steps() as steps, pair(steps, shape) as instance:
        proof = CoverageRun(instance, steps, Tier(tier))
        proof.begin()
        mutations = proof.within(mutations)
        stopped = _prove(proof, mutations, keep, steps)
    report = keep.write(proof, stopped)
    if with_page:
        PAGE.write_text(page.text(report, catalogue()), "utf-8")
    click.echo(json.dumps(document(report), indent=1) if as_json else page.summary(report))
    context.exit(0 if report.holds else 1)


if __name__ == "__main__":
    main()
