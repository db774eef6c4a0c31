"""lab.fault_coverage.attribution: the run itself says which of dozens an answer comes from."""

import pytest

from lab.fault_coverage.attribution import UnclaimedFailure, attribute
from lab.fault_coverage.commands import FLEET, Answers
from lab.faults.fault import Fault


def fault(name: str, node: str = "node1") -> Fault:
    """Make a fault with a check of its own."""
    values = {"name": name, "cause": "x", "node": node, "inject": ("true",), "verify": "true", "converge_repairs": True}
    return Fault.model_validate({**values, "failing_checks": (f"host/{name[0]}",)})


BATCH = (fault("a-one"), fault("b-two"), fault("c-three", "node2"), fault("d-four"))
OF_NODE, BETWEEN = (
    UnclaimedFailure(("node1", "host/x"), "fail"),
    UnclaimedFailure((FLEET, "access/y"), "unknown"),
)


def attributed_to(
    unclaimed: list[UnclaimedFailure], verify: dict[str, UnclaimedFailure]
) -> tuple[dict[tuple[str, str], str], list[str], int]:
    """Return the attribution, the faults injected, and the number of runs. verify: fault -> its failure."""
    put: list[str] = []
    asked = 0

    def ask() -> Answers:
        nonlocal asked
        asked += 1
        return {failure.key: failure.answer for name, failure in verify.items() if name in put}

    found = attribute(BATCH, unclaimed, lambda one: put.append(one.name), ask)
    return dict(found), put, asked


def test_each_stray_is_traced_to_the_fault_after_which_it_shows() -> None:
    """Two failures come from two faults; nothing is injected after the last is attributed."""
    found = attributed_to([OF_NODE, BETWEEN], {"a-one": BETWEEN, "b-two": OF_NODE})

    assert ({BETWEEN.key: "a-one", OF_NODE.key: "b-two"}, ["a-one", "b-two"], 2) == found


def test_no_run_after_a_fault_that_cannot_cause_it() -> None:
    """A node's own answer does not come from the other node."""
    assert ({OF_NODE.key: "d-four"}, [one.name for one in BATCH], 3) == attributed_to([OF_NODE], {"d-four": OF_NODE})


@pytest.mark.parametrize("answer", ["pass, with a note", "unknown"])
def test_a_failure_that_does_not_recur_is_not_attributed(answer: str) -> None:
    """Another answer of the same check is another matter, too."""
    assert {} == attributed_to([OF_NODE], {"a-one": OF_NODE._replace(answer=answer)})[0]
