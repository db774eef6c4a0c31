"""The output of `trueup lab status`."""

from typing import Any

from rich.console import Console
from rich.table import Table

from lab.instance import Instance
from lab.node import LabNode
from lab.podman import Podman


def document(instance: Instance | None) -> dict[str, Any]:
    """{"nodes": [{"name", "address", "port", "user", "key", "known_hosts"}], "mirror": URL}.

    Without an instance nodes is empty and mirror is null.
    """
    if instance is None:
        return {"nodes": [], "mirror": None}
    nodes = [
        {
            "name": node,
            "address": instance.address(node),
            "port": 22,
            "user": "root",
            "key": str(instance.key),
            "known_hosts": str(instance.known_hosts),
        }
        for node in instance.node_names
    ]
    return {"nodes": nodes, "mirror": instance.mirror_url}


def table(instance: Instance | None) -> None:
    """Print one line a node: address, what Podman says, whether ssh answers."""
    console = Console(highlight=False)
    if instance is None:
        console.print("no lab of that name; `trueup lab up` makes one")
        return
    podman = Podman(instance.containers_conf)
    lines = Table(title=f"lab {instance.name}, mirror {instance.mirror_url}", title_justify="left")
    for heading in ("node", "address", "machine", "ssh"):
        lines.add_column(heading)
    for name in instance.node_names:
        node = LabNode(instance, name, podman)
        lines.add_row(name, instance.address(name), node.state(), node.missing_for_ssh() or "ok")
    console.print(lines)
