"""lab.fault_coverage.commands: records and plans, read."""

from lab.fault_coverage.commands import accepted, planned
from trueup.accept import Tier

DISKS = "driver/disks_have_space_and_are_writable"


def record(check: str, outcome: str, tier: str = "quick", notes: tuple[str, ...] = ()) -> dict[str, object]:
    """As acceptance writes it, in what matters."""
    return {"node": "node1", "check": check, "outcome": outcome, "tier": tier, "notes": notes, "message": f"of {check}"}


def test_what_does_not_apply_is_left_out_and_a_note_is_a_difference() -> None:
    """A check that holds with a note says something else than one that holds."""
    found = accepted(
        [
            record("a/b", "pass", notes=("n",)),
            record("a/c", "fail", "standard"),
            record("a/d", "not_applicable"),
            record(DISKS, "pass", notes=("others fill it",)),
        ],
        [{"node": "node1", "check": "a/e", "tier": "standard"}],
    )

    assert {
        ("node1", "a/b"): "pass, with a note",
        ("node1", "a/c"): "fail",
        ("node1", DISKS): "pass",
    } == found.answers
    assert [("node1", "a/b"), ("node1", DISKS)] == list(found.within(Tier.QUICK))
    assert Tier.STANDARD == found.tiers["node1", "a/e"]
    assert {("node1", "a/c"): "of a/c"} == found.messages


def test_a_conditional_change_counts_as_none() -> None:
    """pyinfra lists nodes that an operation would change; others are in other lists."""
    document = {"plan": [{"name": "a", "hosts_with_change": ["node1"]}, {"name": "b", "hosts_with_change": []}]}

    assert frozenset({("node1", "a")}) == planned(document)
