"""What becomes of an answer, a planned operation and a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.drift.factories import item
from trueup.drift.model import of_answer, of_change, status_of, wanted_and_found
from trueup.outcome import CheckResult, Outcome
from trueup.plan.dry_run import Change


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("assert 'a' == 'b'\n  - b", "'a'"),
        ("{'n1': 2}\nassert 1 == 2\n  more", "1"),
        ("node1: wanted x16, found: x8; to do: reseat", "x16"),
        ("wanted nothing else; found more", ""),
        ("CouldNotCheck: no route", ""),
    ],
)
def test_wanted_is_read_where_it_is_told(message: str, wanted: str) -> None:
    """The whole message stays as what was found."""
    assert (wanted, message) == wanted_and_found(message)


@given(st.text())
def test_any_message_is_kept(message: str) -> None:
    """Whatever a check printed, nothing of it is lost."""
    assert message.strip() == wanted_and_found(message)[1]


def test_planned_operation_is_an_item_on_each_node() -> None:
    """In order where nothing would change; its component is the operation's."""
    found = of_change(Change("conda | base | installer", ("n1",)), ("n1", "n2"))

    assert [("n1", Outcome.FAIL), ("n2", Outcome.PASS)] == [(one.node, one.outcome) for one in found]
    assert {("conda", "conda/plan: base | installer", "plan")} == {(one.component, one.name, one.kind) for one in found}


def test_answer_keeps_everything() -> None:
    """Tier, remedy, notes and duration go into the record."""
    answer = CheckResult(
        node="n1", component="env", check="env/x", outcome=Outcome.FAIL, why="w", message="m", remedy="r", notes=("n",),
        seconds=1.5, tier="standard",
    )  # fmt: skip
    found = of_answer(answer)

    assert ("standard", "m", "r", ("n",), 1.5) == (found.tier, found.found, found.remedy, found.notes, found.seconds)


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
    assert status == status_of(item("n1", f"a/{i}", each) for i, each in enumerate(outcomes))
