"""The lab's bridge: addresses for the nodes and the controller, a route out, no DNS."""

import json
import re
import subprocess
from pathlib import Path

from lab.instance import Instance
from lab.podman import Podman

# What Podman says of an address that is taken; the container may be gone.
LEASED = re.compile(r"requested ip address \S+ is already allocated to container ID (?P<holder>[0-9a-f]+)")
ADDRESS = re.compile(r'"10\.213\.(\d{1,3})\.')


def taken_numbers(podman: Podman) -> set[int]:
    """Return the N of every 10.213.N.0/24 of this machine: an interface's, a route's, or another Podman network's."""
    answers = [
        subprocess.run(command, text=True, capture_output=True, timeout=10, check=True).stdout
        for command in (["ip", "-json", "address"], ["ip", "-json", "route"])
    ]
    answers.append(podman.call("network", "ls", "--format=json", step="list the networks"))
    return {number for answer in answers for number in numbers_in(answer)}


def numbers_in(document: str) -> set[int]:
    """Return the N of every address 10.213.N.x in the JSON that iproute2 or Podman prints."""
    return {int(number) for number in ADDRESS.findall(document)}


def ensure(instance: Instance, podman: Podman) -> bool:
    """Create the network unless it is there with the right subnet; return whether it was created."""
    if podman.ok("network", "exists", instance.network):
        answer = podman.call("network", "inspect", instance.network, step="look at the network")
        subnets = [subnet["subnet"] for subnet in json.loads(answer)[0].get("subnets", [])]
        if subnets == [instance.subnet]:
            return False
        remove(instance, podman)
    podman.call(
        "network",
        "create",
        f"--subnet={instance.subnet}",
        f"--gateway={instance.gateway}",
        "--disable-dns",
        f"--label=trueup.lab={instance.name}",
        instance.network,
        step="make the network",
    )
    return True


def remove(instance: Instance, podman: Podman) -> None:
    """Remove the network, and every node on it."""
    if podman.ok("network", "exists", instance.network):
        podman.call("network", "rm", "--force", instance.network, step="remove the network", deadline=120)


def lease_holder(message: str) -> str | None:
    """Return the ID of the container that has the address, where Podman's message says that one is taken."""
    found = LEASED.search(message)
    return found["holder"] if found else None


def free_address(instance: Instance, node: str, image: str, podman: Podman) -> None:
    """Free the address lease that an earlier container of the node left; raises LabError.

    A `podman start` or `podman rm` that is killed at the wrong moment leaves the lease, and Podman 4.3 has no
    command that frees it: even `network rm` keeps it. But `network disconnect` frees the address that a container
    asked for, also where it never got it. So a container of its own, on a network of its own, asks for it: that
    fails, and disconnecting frees it. Other nodes are left alone.
    """
    name = f"{instance.network}-lease-{node}"
    label = f"--label=trueup.lab={instance.name}"
    podman.ok("rm", "--force", "--time=0", name)
    podman.ok("network", "rm", "--force", name)
    podman.call("network", "create", "--internal", "--disable-dns", label, name, step="free the address", node=node)
    try:
        options = ("--detach", label, f"--name={name}", f"--network={name}", "--entrypoint=sleep")
        podman.call("run", *options, image, "60", step="free the address", node=node)
        # Both commands fail: the first finds the address taken, the second no interface to remove.
        podman.ok("network", "connect", f"--ip={instance.address(node)}", instance.network, name)
        podman.ok("network", "disconnect", instance.network, name)
    finally:
        podman.ok("rm", "--force", "--time=0", name)
        podman.ok("network", "rm", "--force", name)


def ensure_route_out(instance: Instance, podman: Podman) -> None:
    """Restore the nodes' firewall rules on this machine where they are gone."""
    rules = subprocess.run(
        ["iptables", "-w", "10", "-t", "nat", "-S"], text=True, capture_output=True, timeout=30, check=True
    ).stdout
    forwarding = Path("/proc/sys/net/ipv4/ip_forward").read_text().strip()
    if instance.subnet in rules and forwarding == "1":
        return
    for node in instance.node_names:
        podman.call("network", "reload", instance.container(node), step="lay firewall rules", node=node)
