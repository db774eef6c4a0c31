"""docs/rules.md is generated from the rules."""

from tools.docs_rules import PAGE, markdown
from trueup.compat import FLEET_RULES, NODE_RULES


def test_the_page_is_current() -> None:
    """`tox -e docs` writes it again."""
    assert markdown() == PAGE.read_text(encoding="utf-8")


def test_every_rule_says_something_and_cites_something() -> None:
    """A rule without a sentence or a source could not be argued with."""
    rules = [*NODE_RULES, *FLEET_RULES]

    assert len(rules) == len({rule.id for rule in rules})
    assert all(rule.says.endswith((".", ")")) and rule.source for rule in rules)
