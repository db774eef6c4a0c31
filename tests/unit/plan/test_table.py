"""The verdict on the screen."""

from rich.console import Console

from trueup.compat import NODE_RULES, Compatibility, NodeFacts, RuleViolation, node_classes_of
from trueup.plan.dry_run import Change
from trueup.plan.table import columns, show, show_changes, worst


def finding(level: str, *nodes: str, rule: str = "bf16") -> RuleViolation:
    """A finding of that level on these nodes."""
    assert level in ("refused", "warning", "cannot judge")
    return RuleViolation(rule, level, nodes, "wanted [x]", "found", "do", "source")  # type: ignore[arg-type]  # checked above


def nodes(count: int) -> list[NodeFacts]:
    """Nodes of two kinds in turn."""
    return [NodeFacts(f"n{i}", ("a30", "t4")[i % 2], distro="rocky-9") for i in range(count)]


def test_the_worst_level_of_a_cell_is_shown() -> None:
    """A warning beside a refusal must not hide it."""
    found = [finding("warning", "n1"), finding("refused", "n1", "n2"), finding("warning", "n3")]

    assert ["refused", "refused", "warning", "fits"] == [
        worst(found, "bf16", [name]) for name in ("n1", "n2", "n3", "n4")
    ]


def test_a_finding_on_the_fleet_shows_on_every_node() -> None:
    """It names no node because it is about all of them."""
    assert "cannot judge" == worst([finding("cannot judge")], "bf16", ["n1"])


def test_few_nodes_have_a_column_each_and_many_share_one() -> None:
    """A thousand columns fit no screen."""
    assert (6, 2) == (len(columns(node_classes_of(nodes(6)))), len(columns(node_classes_of(nodes(1000)))))


def test_every_rule_is_a_row_and_every_finding_is_shown() -> None:
    """Text in brackets is no markup."""
    console = Console(record=True, width=100)
    show(console, Compatibility((finding("warning", "n0"),)), node_classes_of(nodes(2)))
    text = console.export_text()

    assert all(rule.id in text for rule in NODE_RULES)
    assert "wanted [x]" in text


def test_changes_are_listed_or_denied() -> None:
    """An empty plan says so."""
    console = Console(record=True, width=100)
    show_changes(console, [])
    show_changes(console, [Change("host | packages", ("n1", "n2"))])
    text = console.export_text()

    assert "converge would change nothing" in text
    assert "host | packages" in text
