"""An instance of a test module's own, without a mirror: empty machines, two unless asked for more, gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from lab.instance import Instance, load
from lab.node import LabNode
from lab.podman import Podman
from tests.e2e.conftest import Done, Pair


@contextmanager
def machines(name: str, *options: str, mirror: bool = False) -> Iterator[Pair]:
    """Bring the instance up, and take it down whatever happens."""
    pair = Pair(name)
    try:
        up(pair, *options, mirror=mirror)
        yield pair
    finally:
        down = pair.run("trueup", "lab", "down")
        assert down.rc == 0, down.err


def up(pair: Pair, *options: str, mirror: bool = False) -> Done:
    """`trueup lab up`, without the mirror unless asked for; it must succeed."""
    done = pair.run("trueup", "lab", "up", *(() if mirror else ("--no-mirror",)), *options, timeout=600)
    assert done.rc == 0, done.err
    return done


def instance(pair: Pair) -> Instance:
    """The instance's record; it must be there."""
    found = load(pair.name)
    assert found is not None
    return found


def node(pair: Pair, name: str) -> LabNode:
    """The lab's own hold on a node."""
    lab = instance(pair)
    return LabNode(lab, name, Podman(lab.containers_conf))
