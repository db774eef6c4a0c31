"""The record of a fault."""

from lab.faults.fault import Fault

RECORD = Fault(
    name="cuda-thing-lost",
    cause="Somebody tidied.",
    node="node2",
    inject=("rm /x",),
    verify="! [ -e /x ]",
    failing_checks=("cuda/first", "cuda/second", "cuda/third"),
    reasons=("told there", "read there"),
    converge_repairs=True,
)


def test_reason_that_does_not_hold_turns_nothing_red() -> None:
    """The check that it was given for goes with it; *the* check, and the others, stay."""
    found = RECORD.without("told there")

    assert (("cuda/first", "cuda/third"), ("read there",)) == (found.failing_checks, found.reasons)
    assert RECORD == RECORD.without("no such reason")
