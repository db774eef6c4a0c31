"""Bring an instance up from any state, undo its faults, and take it down."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from lab import host_capabilities, mirror, mirror_content, network, outages, snapshots, ssh_keys, topologies
from lab.el_node import build as el
from lab.errors import LabError
from lab.gpu.state import born
from lab.instance import Instance, allocate, load, resized
from lab.locks import only_one
from lab.node import LabNode
from lab.podman import Podman
from lab.progress import Steps
from lab.recover import bring_up_node

AT_ONCE = 8  # nodes; booting more of them at once only makes each slower


def claim(name: str, nodes: int | None, podman: Podman, shape: str | None = None) -> Instance:
    """Return the instance as recorded, or a new one on a free network; nodes: how many, None for as it is."""
    with only_one(".numbers"):
        instance = load(name) or allocate(name, 2, network.taken_numbers(podman), shape or "debian")
        topologies.require_same(instance, shape)
        if nodes is not None:
            instance = resized(instance, nodes)
        host_capabilities.require_watches(instance.nodes)
        instance.save()
    return instance


def podman_for(name: str) -> Podman:
    """Podman with the settings that this machine needs, detected now."""
    settings = Instance(name, 0).containers_conf
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(host_capabilities.detect().containers_conf())
    return Podman(settings)


def bring_up(
    name: str,
    steps: Steps,
    *,
    nodes: int | None = None,
    fresh: bool = False,
    like: str | None = None,
    shape: str | None = None,
    with_mirror: bool = True,
) -> Instance:
    """Nodes that boot and are reached by ssh, and the mirror that they get artifacts from; raises LabError.

    nodes: how many, None for as many as there were, or two. fresh: throw them away first. like: the instance whose
    kept disks new nodes begin with; None for an empty one. shape: of lab/topologies.py, None for as it is, or "debian".
    """
    host_capabilities.require()
    with only_one(name, steps.say):
        podman = podman_for(name)
        instance = claim(name, nodes, podman, shape)
        ssh_keys.ensure(instance)
        disks = topologies.images(instance, like, podman, steps)
        with steps.step(f"network {instance.subnet}"):
            network.ensure(instance, podman)
            wanted = {instance.container(node) for node in instance.node_names}
            _remove(podman, [found for found in _containers(name, podman) if found not in wanted])
        each(instance, podman, lambda node: bring_up_node(node, disks[node.name], fresh, steps))
        each(instance, podman, _give_gpus)
        network.ensure_route_out(instance, podman)
        if with_mirror:
            mirror_content.provide(instance, steps)
            _require_reach(instance, podman)
    return instance


def undo(name: str, steps: Steps, *, with_mirror: bool = True) -> Instance:
    """Clear network faults without a restart where that is enough, then bring up the nodes that are still down.

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


def each(instance: Instance, podman: Podman, work: Callable[[LabNode], object]) -> None:
    """Do work on every node, some at once; raises the first node's error when all have ended."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(work, LabNode(instance, node, podman)) for node in instance.node_names]
    for future in running:
        future.result()


def _require_reach(instance: Instance, podman: Podman) -> None:
    """Raise LabError when no node at all gets an answer of the mirror; one that does not may be broken on purpose."""
    get = f"curl -fsS -o /dev/null --max-time 10 {instance.mirror_url}/files/"
    for node in instance.node_names:
        if podman.ok("exec", instance.container(node), "sh", "-c", get):
            return
    raise LabError(
        "reach the mirror from the nodes",
        expected=f"{instance.mirror_url} to answer inside a node, as it does on this machine",
        actual="no answer on any node",
        remedy=f"let this machine's firewall accept TCP from {instance.subnet} to {instance.gateway}",
    )


def take_down(name: str, steps: Steps) -> None:
    """Remove every node, kept disk, the network and the state of an instance; the caches stay."""
    host_capabilities.require()
    with only_one(name, steps.say):
        instance = load(name) or Instance(name, 0, 0)
        podman = podman_for(name)
        with steps.step(f"take down the lab {name!r}"):
            _remove(podman, _containers(name, podman))
            snapshots.forget(name, podman)
            network.remove(instance, podman)
            mirror.stop(instance)
            shutil.rmtree(instance.state)


def _give_gpus(node: LabNode) -> None:
    node.execute(born(node.name))
    if topologies.kind_of(node.instance, node.name) == "el":
        node.execute(el.born(node.instance.mirror_url))


def _containers(name: str, podman: Podman) -> list[str]:
    answer = podman.call(
        "ps",
        "--all",
        f"--filter=label=trueup.lab={name}",
        "--format={{.Names}}",
        step="list the nodes",
    )
    return answer.split()


def _remove(podman: Podman, containers: list[str]) -> None:
    if containers:
        podman.call("rm", "--force", "--volumes", "--time=0", *containers, step="remove nodes", deadline=180)
