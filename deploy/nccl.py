"""Configure NCCL and Gloo: the interface, and the profile's settings."""

from pyinfra.api.deploy import deploy

from deploy.operations import files, nccl
from trueup.declaration import Nccl, Node

CONF = "/etc/nccl.conf"


def conf(desired: Nccl, interface: str) -> str:
    """Render nccl.conf; "=" before the interface's name excludes other names with that prefix.

    NVIDIA's NCCL documentation, "Environment Variables".
    """
    settings = {**desired.settings, "NCCL_SOCKET_IFNAME": f"={interface}"}
    return "".join(f"{name}={value}\n" for name, value in sorted(settings.items()))


@deploy("nccl")
def apply(desired: Nccl, node: Node) -> None:
    """Check the interface first, so that a wrong name stops before anything is written."""
    nccl.interface(name=f"interface {node.interface}", interface=node.interface)
    files.text_file(name="nccl.conf", path=CONF, content=conf(desired, node.interface))
    nccl.environment(name="Gloo's interface", interface=node.interface)
