"""Prepare the machine: packages, limits, shared memory, open ports."""

from pyinfra.api.deploy import deploy

from deploy.distro import own_names
from deploy.fleet_context import pyinfra_loop
from deploy.operations import eol_repositories, files, firewall, host
from trueup.declaration import Collective, Host, Node
from trueup.platforms import TOOLS, Distro

LIMITS = "/etc/security/limits.d/90-trueup.conf"


def limits(desired: Host) -> str:
    """Render limits.conf(5), where "*" does not cover root."""
    rows = (("memlock", desired.memlock_kib), ("nofile", desired.nofile))
    return "".join(f"{who} - {what} {value}\n" for who in ("*", "root") for what, value in rows)


@deploy("host")
def apply(desired: Host, collective: Collective, distro: Distro, node: Node, nodes: dict[str, Node]) -> None:
    """Set up repositories, then packages, then settings and ports."""
    for name, tree in pyinfra_loop([each for each in distro.archives.items() if each[0] in desired.archives]):
        eol_repositories.repository(
            name=f"archive {name}", archive=tree, address=desired.archives[name], manager=distro.manager
        )
    names = own_names(distro, desired.packages)
    host.packages(name="packages", manager=distro.manager, names=[*TOOLS, *names, distro.time_package])
    files.text_file(name="limits", path=LIMITS, content=limits(desired))
    host.shared_memory(name="shared memory", mib=desired.shm_mib)
    peers = sorted(each.address for each in nodes.values() if each.name != node.name)
    first, last = collective.ports
    firewall.open_ports(name="ports of the collective", distro=distro, peers=peers, first=first, last=last)
