"""What NCCL must find the same on all nodes."""

from trueup.accept import CouldNotLook
from trueup.accept.agree import disagreement
from trueup.accept.reach import FleetUnderTest


def test_settings_are_the_same_on_all_nodes(fleet: FleetUnderTest) -> None:
    """Ranks with different settings choose different algorithms, and wait for each other."""
    found = {}
    for node in fleet.nodes:
        result = fleet.run(node.name, "cat /etc/nccl.conf")
        lines = [line for line in result.text.splitlines() if not line.startswith("NCCL_SOCKET_IFNAME=")]
        found[node.name] = (result.rc, tuple(sorted(lines)))

    assert [] == disagreement(found)


def test_hostfile_is_the_same_on_all_nodes(fleet: FleetUnderTest) -> None:
    """A launcher started on either node must start the same job."""
    found = {node.name: fleet.run(node.name, "cat /job/hostfile") for node in fleet.nodes}
    texts = {name: result.text if result.rc == 0 else result.err_text for name, result in found.items()}
    names = {line.split()[0] for line in next(iter(texts.values())).splitlines() if line.strip()}

    assert ([], sorted(fleet.names)) == (disagreement(texts), sorted(names))


def test_interfaces_carry_the_same_speed(fleet: FleetUnderTest) -> None:
    """The slowest card sets the pace of every step."""
    found = {}
    for node in fleet.nodes:
        result = fleet.run(node.name, f"cat /sys/class/net/{node.interface}/speed")
        if result.rc != 0:
            raise CouldNotLook(f"{node.name}: speed of {node.interface}: {result.err_text.strip()}")
        found[node.name] = int(result.text)

    assert [] == disagreement(found)
