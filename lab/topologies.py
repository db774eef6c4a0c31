"""The kinds of node of each lab shape, and the image that each node begins with."""

from lab import image, snapshots, stacks
from lab.el_node import image as el
from lab.errors import LabError
from lab.instance import Instance, load
from lab.podman import Podman
from lab.progress import Steps

# Shape -> the kinds of node1, node2, and so on in turn. "el" is Debian 12 in EL's shape (lab/el_node/__init__.py).
SHAPES: dict[str, tuple[str, ...]] = {
    "debian": ("debian-12",),
    "mixed": ("debian-12", "el"),
    "debian-11": ("debian-12", "debian-11"),
    "debian-13": ("debian-12", "debian-13"),
}
SUITES = {"debian-11": "bullseye", "debian-12": "bookworm", "debian-13": "trixie"}


def kind_of(instance: Instance, node: str) -> str:
    """Return what a node of the instance is."""
    kinds = SHAPES[instance.shape]
    return kinds[(int(node.removeprefix("node")) - 1) % len(kinds)]


def require_same(instance: Instance, shape: str | None) -> None:
    """Raise LabError where the instance that exists has another shape."""
    if shape is not None and shape != instance.shape:
        raise LabError(
            f"bring up {instance.name!r}",
            expected=f"the shape {shape}",
            actual=f"nodes of the shape {instance.shape}",
            remedy=f"take it down first: TRUEUP_LAB={instance.name} trueup lab down",
        )


def images(instance: Instance, like: str | None, podman: Podman, steps: Steps) -> dict[str, str]:
    """Node -> the image to make it of: an empty one of its kind, or the disk that LIKE keeps of such a node."""
    kinds = {node: kind_of(instance, node) for node in instance.node_names}
    empty = {kind: _empty(kind, podman, steps) for kind in sorted(set(kinds.values()))}
    found = {node: empty[kind] for node, kind in kinds.items()}
    other = load(like) if like else None
    if like is None or other is None:
        return found | (snapshots.kept(like, instance.node_names, podman) if like else {})
    if stacks.of(other.shape) != stacks.of(instance.shape):
        return found
    same = tuple(node for node, kind in kinds.items() if node in other.node_names and kind_of(other, node) == kind)
    return found | snapshots.kept(like, same, podman)


def _empty(kind: str, podman: Podman, steps: Steps) -> str:
    if kind == "el":
        return el.ensure(image.ensure(podman, steps), podman, steps)
    return image.ensure(podman, steps, SUITES[kind])
