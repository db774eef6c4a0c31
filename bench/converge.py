"""Converging lab nodes that need nothing: the whole site by the shared shell and by pyinfra's own ssh connector.

    python -m bench.converge [--rounds N] [--dry]

Both run the same deploy on the same inventory; only the connector differs. Before it measures, it makes sure that
there is nothing to change, and that both connectors say so. ansible-core, with pipelining, plays the playbook of
bench/ansible, which must change nothing either; `python -m bench.same_result` shows that it wants the same.
"""

import json
import sys
import tempfile
from functools import partial
from pathlib import Path

import click

from bench import ansible_site, measure
from bench.accept import lab

PYINFRA = str(Path(sys.executable).with_name("pyinfra"))
SITE = "deploy/site.py"


def inventories(place: Path, ours: Path) -> dict[str, Path]:
    """Our inventory, and the same with plain names, which pyinfra always reaches by its own connector."""
    text = ours.read_text()
    if '"@trueup/' not in text:
        raise measure.Failed(f'{ours}: wanted hosts named "@trueup/NAME", found none')
    found = {"trueup": place / "trueup.py", "pyinfra": place / "pyinfra.py"}
    found["trueup"].write_text(text)
    found["pyinfra"].write_text(text.replace('"@trueup/', '"'))
    return found


def pending(inventory: Path) -> list[str]:
    """The operations that a dry plan would change, as `host: operation`."""
    plan = json.loads(measure.run([PYINFRA, "--dry", "--json", str(inventory), SITE]))
    return sorted(f"{host}: {name}" for name, each in changes(plan) for host in each)


def changes(plan: object) -> list[tuple[str, list[str]]]:
    """(operation, hosts with a change) wherever the plan holds them."""
    found: list[tuple[str, list[str]]] = []
    if isinstance(plan, dict):
        if hosts := plan.get("hosts_with_change"):
            found.append((str(plan.get("name", plan.get("names", "?"))), [str(host) for host in hosts]))
        for value in plan.values():
            found += changes(value)
    elif isinstance(plan, list):
        for value in plan:
            found += changes(value)
    return found


def converge(inventory: Path, options: tuple[str, ...]) -> None:
    """One run."""
    measure.run([PYINFRA, *options, str(inventory), SITE])


@click.command()
@click.option("--rounds", default=5, show_default=True, help="How often each contender runs.")
@click.option("--dry", is_flag=True, help="Plan only: for a lab that is in use.")
@click.option("--inventory", default="inventory.py", show_default=True, type=click.Path(path_type=Path, exists=True))
def main(rounds: int, dry: bool, inventory: Path) -> None:
    """Measure converge and write the section `converge` of report/bench.json."""
    with tempfile.TemporaryDirectory() as name:
        files = inventories(Path(name), inventory)
        plans = {contender: pending(file) for contender, file in files.items()}
        if plans["trueup"] != plans["pyinfra"]:
            raise measure.Failed(f"the connectors disagree on what is to change: {plans}")
        if plans["trueup"] and not dry:
            raise measure.Failed(
                f"wanted a converged lab, found changes pending: {plans['trueup'][:5]}; converge it first"
            )
        options = ("--dry", "--json") if dry else ("-y",)
        work = {contender: partial(converge, file, options) for contender, file in files.items()}
        if not dry:
            ansible_site.write(Path(name), lab())
            work["ansible"] = partial(ansible_site.quiet, ansible_site.program(measure.CACHE), Path(name))
        seconds = measure.interleaved(work, rounds)
    measure.report("converge", seconds, {"dry": dry, "pending": len(plans["trueup"]), "rounds": rounds})


if __name__ == "__main__":
    main()
