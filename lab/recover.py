"""Bring a node to a working state by the mildest remedy that helps: start, restart, recreate."""

from collections.abc import Callable

from lab import ssh_keys
from lab.errors import LabError
from lab.node import LabNode
from lab.progress import Steps


def bring_up_node(node: LabNode, image: str, fresh: bool, steps: Steps) -> None:
    """Leave the node booted and reachable by ssh with its host key pinned; raises LabError."""
    with steps.step(f"{node.name} {node.instance.address(node.name)}"):
        missing = _power_on(node, image, fresh) or _check(node)
        if missing:
            steps.say(f"       {node.name}: {missing}; powering it off and on")
            missing = _attempt(node.restart) or _check(node)
        if missing:
            steps.say(f"       {node.name}: {missing}; recreating it, empty")
            _renew(node, image)
            missing = _check(node)
        if missing:
            raise LabError(
                "bring it up",
                node=node.name,
                expected="a node made anew to boot and to accept the lab's key over ssh",
                actual=missing,
                remedy=f"podman logs {node.container}; podman exec {node.container} journalctl -b",
            )


def _power_on(node: LabNode, image: str, fresh: bool) -> str:
    if fresh or node.state() == "missing":
        _renew(node, image)
        return ""
    node.note_crash()
    state = node.state()
    if state == "paused":
        node.podman.call("unpause", node.container, step="wake the node", node=node.name)
    elif state != "running":
        return _attempt(node.start)
    return ""


def _renew(node: LabNode, image: str) -> None:
    node.remove()
    node.create(image)
    node.start()


def _check(node: LabNode) -> str:
    try:
        node.await_ready()
        ssh_keys.pin(node.instance, node.name, node.podman)
    except LabError as error:
        return error.actual
    return node.missing_for_ssh()


def _attempt(remedy: Callable[[], None]) -> str:
    """Return what kept the remedy from working; "" when nothing did."""
    try:
        remedy()
    except LabError as error:
        return error.actual
    return ""
