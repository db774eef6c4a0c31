"""Undo the faults of a lab: of the network, frozen or powered-off nodes, a damaged mirror."""

from lab import outages
from lab.instance import Instance
from lab.locks import only_one
from lab.node import LabNode
from lab.progress import Steps
from lab.up import bring_up, claim, each, podman_for


def undo(name: str, steps: Steps, *, with_mirror: bool = True) -> Instance:
    """Clear the faults without a restart where that is enough, then bring up what is still down.

    What converge put on the nodes stays. Raises LabError.
    """
    with only_one(name, steps.say):
        podman = podman_for(name)
        instance = claim(name, None, podman)
        with steps.step("clear faults"):
            each(instance, podman, _clear)
    return bring_up(name, steps, with_mirror=with_mirror)


def _clear(node: LabNode) -> None:
    if node.state() == "paused":
        node.podman.call("unpause", node.container, step="wake the node", node=node.name)
    # A node that is down loses its faults with its network; one that runs no command is restarted later.
    if node.state() == "running" and node.answers():
        outages.clear(node)
