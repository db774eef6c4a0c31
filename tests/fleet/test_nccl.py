"""What NCCL must find the same on all nodes."""

from shlex import quote

from trueup.accept.checks import CouldNotCheck, FleetUnderTest, require_agreement
from trueup.declaration import HOSTFILE


def test_settings_are_the_same_on_all_nodes(fleet: FleetUnderTest) -> None:
    """Ranks with different settings choose different algorithms, and wait for each other."""
    found = {}
    for name, result in fleet.run_on_all(lambda _node: "cat /etc/nccl.conf").items():
        lines = [line for line in result.text.splitlines() if not line.startswith("NCCL_SOCKET_IFNAME=")]
        found[name] = (result.rc, tuple(sorted(lines)))

    require_agreement(found)


def test_hostfile_is_the_same_on_all_nodes(fleet: FleetUnderTest) -> None:
    """Different hostfiles make launchers on different nodes start different jobs."""
    found = fleet.run_on_all(lambda _node: f"cat {HOSTFILE}")
    texts = {name: result.text if result.rc == 0 else result.err_text for name, result in found.items()}
    names = {line.split()[0] for line in next(iter(texts.values())).splitlines() if line.strip()}

    require_agreement(texts)
    assert sorted(fleet.names) == sorted(names)


def test_interfaces_carry_the_same_speed(fleet: FleetUnderTest) -> None:
    """The slowest card sets the pace of every step."""
    found = fleet.run_on_all(lambda node: f"cat /sys/class/net/{quote(node.interface)}/speed")
    for name, result in found.items():
        if result.rc != 0:
            raise CouldNotCheck(f"{name}: speed of {fleet.node(name).interface}: {result.err_text.strip()}")

    require_agreement({name: int(result.text) for name, result in found.items()})
