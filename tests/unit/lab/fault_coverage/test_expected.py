"""What a fault must change, and where that could not be seen."""

from lab.fault_coverage.expected import FAILING, NOTED, Expected, hidden

KEY = ("node1", "cuda/only_the_declared_toolkit_is_there")
OF = {"cuda-link": Expected({KEY: NOTED, ("node1", "cuda/link"): FAILING}, frozenset())}


def test_what_was_left_on_a_node_hides_a_inject() -> None:
    """A note that is there before the fault shows nothing of it."""
    told = [f"node1: {KEY[1]}: pass, with a note, as cuda-link would make it"]

    assert told == hidden(OF, {KEY: NOTED, ("node1", "cuda/link"): "pass"})
    assert [] == hidden(OF, {KEY: "pass", ("node1", "cuda/link"): "pass"})
