"""What becomes of an answer, a planned operation and a message."""

import pytest

from tests.unit.drift.factories import item, run
from trueup.drift.model import from_change, from_result
from trueup.outcome import CheckResult, Outcome
from trueup.plan import Change


def test_planned_operation_is_an_item_on_each_node() -> None:
    """In order where nothing would change; its component is the operation's."""
    found = from_change(Change("conda | base | installer", ("n1",)), ("n1", "n2"))

    assert [("n1", Outcome.FAIL), ("n2", Outcome.PASS)] == [(one.node, one.outcome) for one in found]
    assert {("conda", "conda/plan: base | installer", "plan")} == {
        (one.component, one.check, one.kind) for one in found
    }


def test_answer_keeps_everything() -> None:
    """Tier, remedy, notes and duration go into the record."""
    answer = CheckResult(
        node="n1",
        component="env",
        check="env/x",
        outcome=Outcome.FAIL,
        why="w",
        expected="e",
        actual="a",
        remedy="r",
        notes=("n",),
        seconds=1.5,
        tier="standard",
    )
    found = from_result(answer)

    assert ("standard", "e", "a", "r") == (found.tier, found.expected, found.actual, found.remedy)
    assert (("n",), 1.5) == (found.notes, found.seconds)


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ((Outcome.PASS, None, Outcome.NOT_APPLICABLE), 0),
        ((Outcome.PASS, Outcome.FAIL), 1),
        ((Outcome.FAIL, Outcome.UNKNOWN), 2),
    ],
)
def test_status(outcomes: tuple[Outcome | None, ...], status: int) -> None:
    """Could not look wins; what the tier left out counts for nothing."""
    assert status == run([item("n1", f"a/{i}", each) for i, each in enumerate(outcomes)]).status
