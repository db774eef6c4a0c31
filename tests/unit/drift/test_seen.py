"""What a node tells beside its checks, read without trust."""

from trueup.drift.record import Seen, digest, unseen
from trueup.drift.seen import counters, read, seen_of
from trueup.gpu.reading import Unreadable
from trueup.spec.shipped import LAB

TOLD = "boot=b-1\nmachine=m\npackages=p\ntemperature=0, 41\ntemperature=1, [N/A]\n"


def test_what_a_node_told() -> None:
    """A temperature that is no number is left out, not 0."""
    assert ({"boot": "b-1", "machine": "m", "packages": "p"}, {"temperature[0]": 41.0}) == read(TOLD)


def test_probe_without_an_answer_takes_nothing_else_away() -> None:
    """Its own checks say that it gave none."""
    found = seen_of(TOLD, Unreadable("it printed nothing"), LAB)
    want = Seen(boot="b-1", machine="m", packages="p", profile=digest(LAB), simulated=True)

    assert want.model_copy(update={"measures": {"temperature[0]": 41.0}}) == found


def test_node_that_told_nothing_is_unseen() -> None:
    """None, never an empty boot that would look like another one."""
    assert unseen(LAB) == seen_of("", None, LAB)
    assert (None, None, None) == (unseen(LAB).boot, unseen(LAB).machine, unseen(LAB).packages)


def test_no_gpu_no_counter() -> None:
    """Nothing is invented."""
    assert {} == counters(())
