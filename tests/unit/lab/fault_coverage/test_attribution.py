"""lab.fault_coverage.attribution: the run itself says which of dozens an answer comes from."""

import pytest

from lab.fault_coverage.attribution import UnclaimedFailure, trace
from lab.fault_coverage.commands import FLEET, Answers
from lab.faults.fault import Fault


def mutation(name: str, node: str = "node1") -> Fault:
    """A break with a check of its own."""
    values = {"name": name, "cause": "x", "node": node, "breaks": ("true",), "shows": "true", "heals": True}
    return Fault.model_validate({**values, "reds": (f"host/{name[0]}",)})


BATCH = (mutation("a-one"), mutation("b-two"), mutation("c-three", "node2"), mutation("d-four"))
OF_NODE, BETWEEN = (
    UnclaimedFailure(("node1", "host/x"), "fail"),
    UnclaimedFailure((FLEET, "access/y"), "unknown"),
)


def traced(
    strays: list[UnclaimedFailure], shows: dict[str, UnclaimedFailure]
) -> tuple[dict[tuple[str, str], str], list[str], int]:
    """What was found, what was put on, how often was asked; shows: mutation -> the answer that it brings."""
    put: list[str] = []
    asked = 0

    def ask() -> Answers:
        nonlocal asked
        asked += 1
        return {stray.key: stray.answer for name, stray in shows.items() if name in put}

    found = trace(BATCH, strays, lambda one: put.append(one.name), ask)
    return dict(found), put, asked


def test_each_stray_is_traced_to_the_mutation_after_which_it_shows() -> None:
    """Two of them come from two, and nothing is put on after the last is found."""
    found = traced([OF_NODE, BETWEEN], {"a-one": BETWEEN, "b-two": OF_NODE})

    assert ({BETWEEN.key: "a-one", OF_NODE.key: "b-two"}, ["a-one", "b-two"], 2) == found


def test_nobody_asks_after_a_mutation_that_it_cannot_come_from() -> None:
    """A node's own answer does not come from the other node."""
    assert ({OF_NODE.key: "d-four"}, [one.name for one in BATCH], 3) == traced([OF_NODE], {"d-four": OF_NODE})


@pytest.mark.parametrize("answer", ["pass, with a note", "unknown"])
def test_what_does_not_come_again_is_traced_to_nobody(answer: str) -> None:
    """Another answer of the same check is another matter, too."""
    assert {} == traced([OF_NODE], {"a-one": OF_NODE._replace(answer=answer)})[0]
