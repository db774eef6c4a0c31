"""The record of a mutation."""

from lab.faults.fault import Fault

RECORD = Fault(
    name="cuda-thing-lost",
    cause="Somebody tidied.",
    node="node2",
    breaks=("rm /x",),
    shows="! [ -e /x ]",
    reds=("cuda/first", "cuda/second", "cuda/third"),
    reasons=("told there", "read there"),
    heals=True,
)


def test_reason_that_does_not_hold_turns_nothing_red() -> None:
    """The check that it was given for goes with it; *the* check, and the others, stay."""
    found = RECORD.without("told there")

    assert (("cuda/first", "cuda/third"), ("read there",)) == (found.reds, found.reasons)
    assert RECORD == RECORD.without("no such reason")
