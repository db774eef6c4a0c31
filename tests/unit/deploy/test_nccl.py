"""The text of nccl.conf."""

from deploy.nccl import conf
from trueup.declaration import Nccl


def test_interface_is_exact() -> None:
    """NCCL takes eth0 as a prefix: eth01 would do."""
    assert "NCCL_DEBUG=WARN\nNCCL_SOCKET_IFNAME==eth0\n" == conf(Nccl(settings={"NCCL_DEBUG": "WARN"}), "eth0")
