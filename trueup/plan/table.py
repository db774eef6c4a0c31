"""Print the verdict: one row per rule, one column per node group."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from trueup.compat import FLEET_RULES, NODE_RULES, Compatibility, NodeClass, RuleViolation
from trueup.plan.dry_run import Change
from trueup.plan.preview import Step

STYLE = {"fits": "green", "warning": "yellow", "cannot judge": "magenta", "refused": "bold red"}
# A terminal holds about this many columns of verdicts; above it, nodes that are alike share one.
MANY = 6


def worst(findings: Sequence[RuleViolation], rule: str, names: Sequence[str]) -> str:
    """The worst level that a rule reached on any of these nodes."""
    levels = {
        finding.level
        for finding in findings
        if finding.rule == rule and (not finding.nodes or set(finding.nodes) & set(names))
    }
    return next((level for level in ("refused", "cannot judge", "warning") if level in levels), "fits")


def columns(kinds: Sequence[NodeClass]) -> list[tuple[str, tuple[str, ...]]]:
    """Heading and nodes of each column."""
    names = [name for kind in kinds for name in kind.names]
    if len(names) <= MANY:
        return [(name, (name,)) for name in names]
    return [(str(kind), kind.names) for kind in kinds]


def show(console: Console, verdict: Compatibility, kinds: Sequence[NodeClass]) -> None:
    """Prints the table, then every finding with what to do."""
    heads = columns(kinds)
    table = Table(title="what fits with what", title_justify="left")
    table.add_column("rule")
    for head, _ in heads:
        table.add_column(head)
    for rule in (*NODE_RULES, *FLEET_RULES):
        cells = [worst(verdict.findings, rule.id, names) for _, names in heads]
        table.add_row(rule.id, *(Text(cell, style=STYLE[cell]) for cell in cells))
    console.print(table)
    for finding in verdict.findings:
        where = ", ".join(finding.nodes[:4]) + (" ..." if len(finding.nodes) > 4 else "") or "fleet"
        text = Text(f"{finding.level}: {finding.rule} ({where})\n", style=STYLE[finding.level])
        text.append(f"  wanted  {finding.expected}\n  found   {finding.actual}\n", style="default")
        text.append(f"  do      {finding.remedy}\n  source  {finding.source}", style="default")
        console.print(text, soft_wrap=True)


def show_changes(console: Console, changes: Sequence[Change]) -> None:
    """Prints what converge would change."""
    if not changes:
        console.print("converge would change nothing")
        return
    table = Table(title="what converge would change", title_justify="left")
    table.add_column("operation")
    table.add_column("nodes")
    for change in changes:
        table.add_row(Text(change.operation), ", ".join(change.nodes))
    console.print(table)


def show_would(console: Console, would: Mapping[str, Sequence[Step]]) -> None:
    """Print converge's steps on bare nodes, grouped where they are equal."""
    groups: dict[tuple[Step, ...], list[str]] = {}
    for name, steps in would.items():
        groups.setdefault(tuple(steps), []).append(name)
    for steps, names in groups.items():
        if steps:
            console.print(f"\nWhat converge would do on a bare {', '.join(names)}:")
        for step in steps:
            console.print(f"  {step.component:<10} {step.what}", markup=False, highlight=False, soft_wrap=True)
