"""The SSH mesh: accounts, a key pair each, who may log in where, pinned host keys, names."""

from pyinfra.api.deploy import deploy

from deploy.fleet_context import in_turn
from deploy.operations import access
from trueup.declaration.node import Node
from trueup.declaration.profile import Access
from trueup.platforms.model import Distro


def sources(want: Access, node: str, names: list[str]) -> list[str]:
    """The nodes whose keys this node accepts, in order."""
    if want.mesh == "all":
        return [name for name in names if name != node]
    return [name for name in names if (name, node) in want.mesh]


def options(want: Access, address: str) -> str:
    """What stands before a peer's key in authorized_keys (sshd(8)); "" where nothing is declared."""
    words = {"from": f'from="{address}"', "restrict": "restrict"}
    return ",".join(words[option] for option in want.mesh_options)


@deploy("access")
def apply(want: Access, distro: Distro, node: Node, nodes: dict[str, Node]) -> None:
    """Keys first on every node, then the trust between them: operations run node by node in step."""
    for account in in_turn(want.accounts):
        access.account(name=f"account {account.name}", want=account)
        access.closed_home(name=f"home of {account.name}", want=account)
        access.ssh_directory(name=f".ssh of {account.name}", want=account)
        access.key_pair(name=f"key of {account.name}", want=account, key_type=want.key_type, comment=node.name)
    peers = sources(want, node.name, sorted(nodes))
    for account in in_turn(want.accounts):
        access.authorized_keys(
            name=f"authorized keys of {account.name}",
            want=account,
            key_type=want.key_type,
            peers={name: options(want, nodes[name].address) for name in peers},
            operators=want.operator_keys,
            exclusive=want.exclusive,
        )
        if distro.selinux:
            access.labels(name=f"labels of {account.name}", want=account)
    access.known_hosts(
        name="pinned host keys",
        peers={name: list(dict.fromkeys([name, each.address])) for name, each in nodes.items()},
    )
    access.hosts_file(name="names", own_name=node.name, entries={name: each.address for name, each in nodes.items()})
