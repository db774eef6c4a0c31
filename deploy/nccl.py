"""What NCCL and Gloo are told on every node: which interface, and what the profile adds."""

from pyinfra.api.deploy import deploy

from deploy.operations import files, nccl
from trueup.declaration import Nccl, Node

CONF = "/etc/nccl.conf"


def conf(desired: Nccl, interface: str) -> str:
    """nccl.conf, NAME=value lines; the value's "=" asks for exactly that interface, not for a prefix.

    NVIDIA's NCCL documentation, "Environment Variables".
    """
    settings = {**desired.settings, "NCCL_SOCKET_IFNAME": f"={interface}"}
    return "".join(f"{name}={value}\n" for name, value in sorted(settings.items()))


@deploy("nccl")
def apply(desired: Nccl, node: Node) -> None:
    """The interface first: a name that no card has stops here, before anything is written."""
    nccl.interface(name=f"interface {node.interface}", interface=node.interface)
    files.text_file(name="nccl.conf", path=CONF, content=conf(desired, node.interface))
    nccl.environment(name="Gloo's interface", interface=node.interface)
