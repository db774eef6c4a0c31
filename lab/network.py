"""The lab's own bridge: addresses for the nodes and the controller, a route out, no names."""

import json
import re
import subprocess
from pathlib import Path

from lab.instance import Instance
from lab.podman import Podman

ADDRESS = re.compile(r'"10\.213\.(\d{1,3})\.')


def taken_numbers(podman: Podman) -> set[int]:
    """The N of every 10.213.N.0/24 of this machine: an interface's, a route's, or another Podman network's."""
    answers = [
        subprocess.run(command, text=True, capture_output=True, timeout=10, check=True).stdout
        for command in (["ip", "-json", "address"], ["ip", "-json", "route"])
    ]
    answers.append(podman.call("network", "ls", "--format=json", step="list the networks"))
    return {number for answer in answers for number in numbers_in(answer)}


def numbers_in(document: str) -> set[int]:
    """The N of every address 10.213.N.x in the JSON that iproute2 or Podman prints."""
    return {int(number) for number in ADDRESS.findall(document)}


def ensure(instance: Instance, podman: Podman) -> bool:
    """Make the network unless it is there as wanted; True when it was made (again)."""
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


def ensure_route_out(instance: Instance, podman: Podman) -> None:
    """Lay the nodes' firewall rules on this machine again when something threw them away."""
    rules = subprocess.run(
        ["iptables", "-w", "10", "-t", "nat", "-S"], text=True, capture_output=True, timeout=30, check=True
    ).stdout
    forwarding = Path("/proc/sys/net/ipv4/ip_forward").read_text().strip()
    if instance.subnet in rules and forwarding == "1":
        return
    for node in instance.node_names:
        podman.call("network", "reload", instance.container(node), step="lay firewall rules", node=node)
