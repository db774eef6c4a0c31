"""docs/rules.md, made from the rules: `python -m tools.docs_rules > docs/rules.md`."""

import sys

from trueup.compat.rules import FLEET_RULES, NODE_RULES
from trueup.compat.rules.rule import Rule

HEAD = """# What fits with what

`trueup plan` judges every rule on every node and says all breaches at once; converge refuses a
refused profile before its first operation. This page is made from the rules themselves.

A rule *refuses*, *warns*, or says that something *cannot be judged*. What is from memory only warns, be it
the rule or the row of a table. A missing row is never passed over: see [add-a-release.md](add-a-release.md).

"""
COLUMNS = "| rule | says | on a breach | certainty | source |\n| --- | --- | --- | --- | --- |\n"


def line(rule: Rule) -> str:
    """The rule as a row of the page's table."""
    breach = {"refused": "refuses", "warning": "warns"}.get(rule.level, rule.level)
    says = rule.says.replace("|", "/")
    return f"| `{rule.id}` | {says} | {breach} | {rule.status} | {rule.source} |\n"


def markdown() -> str:
    """The whole page."""
    return (
        HEAD
        + "## One node\n\n"
        + COLUMNS
        + "".join(map(line, NODE_RULES))
        + "\n## Between the nodes\n\n"
        + COLUMNS
        + "".join(map(line, FLEET_RULES))
    )


if __name__ == "__main__":
    sys.stdout.write(markdown())
