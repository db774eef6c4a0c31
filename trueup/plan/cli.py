"""The commands `trueup plan` and `trueup solve`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from trueup.compat import (
    WISHABLE,
    BadWish,
    Compatibility,
    Conflict,
    Constraint,
    Solution,
    evaluate_fleet,
    node_classes_of,
    parse_constraint,
    profiles_to_paste,
    stack_of,
)
from trueup.compat import solve as find
from trueup.declaration import Refusal
from trueup.plan.dry_run import CannotPlan, pending
from trueup.plan.inputs import PlanInputs, ask, read
from trueup.plan.preview import foretold
from trueup.plan.table import show, show_changes, show_would

REFUSED = 2
PENDING = 1


def _out(as_json: bool, document: dict[str, Any], text: Callable[[], None], status: int) -> None:
    if as_json:
        click.echo(json.dumps(document, indent=2))
    else:
        text()
    raise SystemExit(status)


def _refuse(as_json: bool, refusal: Refusal) -> None:
    document = {"refused": True, "problems": list(refusal.problems)}
    _out(as_json, document, lambda: click.echo(str(refusal), err=True), REFUSED)


def _common(command: Callable[..., None]) -> Callable[..., None]:
    file = click.Path(dir_okay=False, path_type=Path)
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output."),
        click.option("--offline", is_flag=True, help="Evaluate what the inventory declares; connect to nothing."),
        click.option("--inventory", type=file, default=Path("inventory.py"), show_default=True),
    ):
        command = option(command)
    return command


def _document(verdict: Compatibility, look: PlanInputs, offline: bool) -> dict[str, Any]:
    return {
        "refused": verdict.refused,
        "offline": offline,
        "nodes": [node.name for node in look.fleet.active],
        "maintenance": {node.name: node.maintenance for node in look.fleet.maintenance},
        "findings": verdict.as_json(),
        "changes": None,
        "would": None,
    }


@click.command()
@_common
def plan(inventory: Path, offline: bool, as_json: bool) -> None:
    """Tell what fits, what does not and why, and what converge would change.

    Exit status: 0 nothing to do, 1 changes pending, 2 refused, or it cannot be judged.

    Example: trueup plan --offline --json
    """
    console, progress = Console(), Console(stderr=True)
    try:
        look = read(inventory)
        verdict = evaluate_fleet(look.fleet, look.profiles, look.facts)
        hopeless = [finding for finding in verdict.findings if finding.level != "warning" and not finding.missing]
        if not offline and not hopeless:
            look = ask(look, progress)
            verdict = evaluate_fleet(look.fleet, look.profiles, look.facts)
        would = foretold(look.fleet.active, look.profiles) if offline and not verdict.refused else {}
    except Refusal as refusal:
        _refuse(as_json, refusal)
        return
    document = _document(verdict, look, offline)
    if would:
        document["would"] = {name: [step.as_json() for step in each] for name, each in would.items()}

    def text() -> None:
        show(console, verdict, node_classes_of(look.facts.values()))
        show_would(console, would)
        for node in look.fleet.maintenance:
            console.print(f"{node.name} is left alone: {node.maintenance}")

    if verdict.refused or offline:
        _out(as_json, document, text, REFUSED if verdict.refused else 0)
    if not as_json:
        text()
    try:
        with progress.status("asking pyinfra what it would change"):
            changes = pending(inventory)
    except CannotPlan as error:
        _refuse(as_json, Refusal("what converge would change cannot be told", [str(error)]))
        return
    document["changes"] = [change.as_json() for change in changes]
    _out(as_json, document, lambda: show_changes(console, changes), PENDING if changes else 0)


def _wishes(given: dict[str, str | None]) -> list[Constraint]:
    problems, found = [], []
    for what in WISHABLE:
        text = given.get(what)
        if text is not None:
            try:
                found.append(parse_constraint(what, text))
            except BadWish as error:
                problems.append(str(error))
    if problems:
        raise Refusal("wishes", problems)
    return found


def _solve_options(command: Callable[..., None]) -> Callable[..., None]:
    for what in reversed(WISHABLE):
        command = click.option(f"--{what}", metavar="WISH", help=f"A condition on {what}.")(command)
    return command


@click.command()
@_common
@click.option("--keep-driver", is_flag=True, help="Keep the driver branch that each node has.")
@_solve_options
def solve(inventory: Path, offline: bool, as_json: bool, keep_driver: bool, **wishes: str | None) -> None:
    """Find the newest stack that every node can run, as a profile to paste.

    A WISH is a version ("3.10"), or conditions on it (">=2.4,<2.11").
    Exit status: 0 found, 2 none exists, with the smallest set of wishes and nodes that conflict.

    Example: trueup solve --keep-driver
    """
    try:
        wished = _wishes(wishes)
        look = read(inventory)
        if not offline:
            look = ask(look, Console(stderr=True))
        if not look.fleet.active:
            raise Refusal("the fleet cannot be judged", ["cannot judge an empty fleet: every node is out"])
        base = look.profiles[look.fleet.active[0].name]
        found = find(list(look.facts.values()), wished, keep_driver, stack_of(base))
    except Refusal as refusal:
        _refuse(as_json, refusal)
        return
    if isinstance(found, Conflict):
        _show_conflict(found, as_json)
        return
    _show_solution(found, profiles_to_paste(found, base), as_json)


def _show_conflict(found: Conflict, as_json: bool) -> None:
    document = {"solved": False, "conflict": list(found.parts), "reasons": list(found.reasons)}
    lines = ["no stack fits; these conflict, and no fewer:", *(f"  {part}" for part in found.parts)]
    lines += ["because, at best:", *(f"  {reason}" for reason in found.reasons)]
    _out(as_json, document, lambda: click.echo("\n".join(lines)), REFUSED)


def _show_solution(found: Solution, paste: str, as_json: bool) -> None:
    document = {
        "solved": True,
        "profile": paste,
        "warnings": found.verdict.as_json(),
        "newer": found.newer,
        "obstacles": list(found.obstacles),
    }

    def text() -> None:
        click.echo(paste)
        for finding in found.verdict.findings:
            click.echo(f"# {finding}")
        why = "\n".join(f"#   {line}" for line in found.obstacles)
        newer = f"# torch {found.newer} is out of reach:\n{why}" if found.newer else "# no newer torch is known"
        click.echo(newer)

    _out(as_json, document, text, 0)
