"""Write docs/rules.md from the rules: `python -m tools.docs_rules`."""

import sys
from pathlib import Path

from trueup.compat import FLEET_RULES, NODE_RULES, Rule

PAGE = Path(__file__).parents[1] / "docs/rules.md"
HEAD = """# What fits with what

<!-- Written by `python -m tools.docs_rules` from the rules themselves; edit trueup/compat/rules/ instead. -->

`trueup plan` judges every rule on every node and lists all breaches at once; converge refuses a
refused profile before its first operation.

A rule *refuses*, *warns*, or says that something *cannot be judged*. A rule or a row of a table that rests on memory
only warns. A missing row is reported, never ignored: see [add-a-release.md](add-a-release.md).

"""
COLUMNS = "| rule | says | on a breach | certainty | source |\n| --- | --- | --- | --- | --- |\n"


def line(rule: Rule) -> str:
    """Render a rule as a row of the page's table."""
    breach = {"refused": "refuses", "warning": "warns"}.get(rule.level, rule.level)
    says = rule.says.replace("|", "/")
    return f"| `{rule.id}` | {says} | {breach} | {rule.status} | {rule.source} |\n"


def markdown() -> str:
    """Render the whole page."""
    return (
        HEAD
        + "## One node\n\n"
        + COLUMNS
        + "".join(map(line, NODE_RULES))
        + "\n## Between the nodes\n\n"
        + COLUMNS
        + "".join(map(line, FLEET_RULES))
    )


def main() -> None:
    """Write the page where it changed, and say so."""
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != markdown():
        PAGE.write_text(markdown(), encoding="utf-8")
        sys.stdout.write(f"wrote {PAGE.name}\n")


if __name__ == "__main__":
    main()
