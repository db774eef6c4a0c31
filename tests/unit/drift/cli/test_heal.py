"""What heal would converge, and what it leaves to hands."""

from pathlib import Path

from tests.unit.drift.factories import good, item, run
from trueup.drift.cli.heal import command, remediation_of
from trueup.outcome import Outcome


def test_pending_operations_are_converged_and_the_rest_needs_hands() -> None:
    """A check that fails in a component where something is pending follows from it; a card at x8 does not."""
    made = run(
        [
            *good(),
            item("n1", "conda/plan: base", Outcome.FAIL, kind="plan"),
            item("n1", "conda/base_is_there", Outcome.FAIL, remedy="converge"),
            item("n2", "driver/pcie_width", Outcome.FAIL, remedy="reseat the card"),
        ]
    )
    remediation = remediation_of(made)

    assert {"n1": ("conda/plan: base",)} == remediation.operations
    assert ("n2: driver/pcie_width: reseat the card",) == remediation.hands


def test_nothing_pending_is_no_cure() -> None:
    """Converge would change nothing."""
    assert {} == remediation_of(run(good())).operations


def test_only_the_drifted_nodes_are_converged() -> None:
    """pyinfra is limited to them."""
    found = command(Path("inventory.py"), ("n1", "n3"))

    assert ["-y", "inventory.py", "deploy/site.py", "--limit", "n1", "--limit", "n3"] == found[1:]
