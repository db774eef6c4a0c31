"""How the shell reaches a node of the inventory."""

from trueup.shell.target import Target
from trueup.spec.inventory import Node


def target_of(node: Node) -> Target:
    """What the inventory does not say is left to ssh; ~ in its paths is the operator's home."""
    return Target(
        name=node.name,
        hostname=node.hostname,
        port=node.port,
        user=node.user,
        key=node.key,
        known_hosts=node.known_hosts,
        config_file=node.config_file,
        sudo=node.sudo,
    )
