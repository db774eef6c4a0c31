"""Keep the disks of a lab's nodes, so that another instance can begin with them."""

from lab.errors import LabError
from lab.instance import Instance
from lab.podman import Podman
from lab.progress import Steps

REPOSITORY = "localhost/trueup-lab-disk"
SAVE_DEADLINE = 600.0  # seconds; a converged node's disk is ten gigabytes


def name_of(instance: str, node: str) -> str:
    """Return the image that holds a kept disk."""
    return f"{REPOSITORY}-{instance}:{node}"


def save(instance: Instance, podman: Podman, steps: Steps) -> None:
    """Keep every node's disk as it is now, in place of what was kept before; raises LabError.

    The disk is all that is kept: no mount, no firewall rule, no journal. Keys are part of it.
    """
    for node in instance.node_names:
        with steps.step(f"keep the disk of {node} (a minute)"):
            podman.call(
                "commit",
                "--quiet",
                instance.container(node),
                name_of(instance.name, node),
                step="keep the node's disk",
                node=node,
                deadline=SAVE_DEADLINE,
            )


def kept(like: str, nodes: tuple[str, ...], podman: Podman) -> dict[str, str]:
    """Node -> the image to make it of; raises LabError where none was kept.

    A node beyond those that were kept begins like the first or the second one, whose GPUs it has (lab/inventory.py).
    """
    if missing := lacking(like, nodes, podman):
        raise LabError(
            f"begin like {like!r}",
            expected="a kept disk for every node",
            actual=f"none of {', '.join(missing)}",
            remedy=f"keep them: TRUEUP_LAB={like} trueup lab save",
        )
    return {node: image for node in nodes if (image := _image(like, node, podman))}


def lacking(like: str, nodes: tuple[str, ...], podman: Podman) -> list[str]:
    """Return the nodes that no kept disk of that instance serves."""
    return [node for node in nodes if not _image(like, node, podman)]


def _image(like: str, node: str, podman: Podman) -> str | None:
    number = int(node.removeprefix("node"))
    candidates = (name_of(like, node), name_of(like, f"node{2 - number % 2}"))
    return next((image for image in candidates if podman.ok("image", "exists", image)), None)


def forget(instance: str, podman: Podman) -> None:
    """Remove an instance's kept disks; one that a node of another instance is made of stays until that one is gone."""
    answer = podman.call(
        "images",
        f"--filter=reference={REPOSITORY}-{instance}",
        "--format={{.Repository}}:{{.Tag}}",
        step="list the kept disks",
    )
    in_use = podman.call("ps", "--all", "--format={{.Image}}", step="list the nodes' images").split()
    for image in answer.split():
        if image not in in_use:
            podman.call("rmi", image, step="remove a kept disk", deadline=SAVE_DEADLINE)
