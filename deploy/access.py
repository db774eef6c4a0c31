"""Set up the SSH mesh: accounts, key pairs, trust, pinned host keys, names."""

from pyinfra.api.deploy import deploy

from deploy.fleet_context import pyinfra_loop
from deploy.operations import access
from trueup.declaration import Access, Node
from trueup.platforms import Distro


def sources(desired: Access, node: str, names: list[str]) -> list[str]:
    """List the nodes whose keys this node accepts, in order."""
    if desired.mesh == "all":
        return [name for name in names if name != node]
    return [name for name in names if (name, node) in desired.mesh]


def options(desired: Access, address: str) -> str:
    """Build the options before a peer's key in authorized_keys (sshd(8)), or ""."""
    words = {"from": f'from="{address}"', "restrict": "restrict"}
    return ",".join(words[option] for option in desired.mesh_options)


@deploy("access")
def apply(desired: Access, distro: Distro, node: Node, nodes: dict[str, Node]) -> None:
    """Make every node's keys first, then the trust between them."""
    for account in pyinfra_loop(desired.accounts):
        access.account(name=f"account {account.name}", account=account)
        access.closed_home(name=f"home of {account.name}", account=account)
        access.ssh_directory(name=f".ssh of {account.name}", account=account)
        access.key_pair(name=f"key of {account.name}", account=account, key_type=desired.key_type, comment=node.name)
    peers = sources(desired, node.name, sorted(nodes))
    for account in pyinfra_loop(desired.accounts):
        access.authorized_keys(
            name=f"authorized keys of {account.name}",
            account=account,
            key_type=desired.key_type,
            peers={name: options(desired, nodes[name].address) for name in peers},
            operators=desired.operator_keys,
            exclusive=desired.exclusive,
        )
        if distro.selinux:
            access.labels(name=f"labels of {account.name}", account=account)
    access.known_hosts(
        name="pinned host keys",
        peers={name: list(dict.fromkeys([name, peer.address])) for name, peer in nodes.items()},
    )
    access.hosts_file(name="names", own_name=node.name, entries={name: peer.address for name, peer in nodes.items()})
