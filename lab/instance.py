"""One lab: its name, addresses and files, and the record of them in its state folder."""

import json
import os
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from lab.errors import LabError
from lab.paths import state_root

DEFAULT = "default"
MIRROR_PORT = 8713
FIRST_NODE = 11  # the last octet of node1's address
MOST_NODES = 200
# Podman's names allow more; 24 characters keep container names readable.
NAME = re.compile(r"^[a-z0-9]([a-z0-9-]{0,23})$")


@dataclass(frozen=True)
class Instance:
    """One lab."""

    name: str
    number: int
    """The N of its network, 10.213.N.0/24."""
    nodes: int = 2
    """How many nodes it has."""
    shape: str = "debian"
    """The kinds of its nodes (lab/topologies.py)."""

    @property
    def state(self) -> Path:
        """The folder of everything that `down` removes."""
        return state_root() / self.name

    @property
    def subnet(self) -> str:
        """The lab's own network, in CIDR notation."""
        return f"10.213.{self.number}.0/24"

    @property
    def gateway(self) -> str:
        """The controller's address on the lab's bridge."""
        return f"10.213.{self.number}.1"

    @property
    def network(self) -> str:
        """The Podman network's name."""
        return f"trueup-{self.name}"

    @property
    def node_names(self) -> tuple[str, ...]:
        """node1, node2, ..."""
        return tuple(f"node{index}" for index in range(1, self.nodes + 1))

    @property
    def mirror_url(self) -> str:
        """Where nodes get artifacts from."""
        return f"http://{self.gateway}:{MIRROR_PORT}"

    @property
    def key(self) -> Path:
        """The controller's private key for every node."""
        return self.state / "ssh/id_ed25519"

    @property
    def known_hosts(self) -> Path:
        """The nodes' pinned host keys."""
        return self.state / "ssh/known_hosts"

    @property
    def containers_conf(self) -> Path:
        """Podman's settings for this host, named by CONTAINERS_CONF."""
        return self.state / "containers.conf"

    def address(self, node: str) -> str:
        """Return a node's fixed address."""
        return f"10.213.{self.number}.{FIRST_NODE - 1 + int(node.removeprefix('node'))}"

    def hardware_address(self, node: str) -> str:
        """Return a node's fixed MAC: after a change its peers would send to the old one for a while.

        02 marks an address of local administration (IEEE 802).
        """
        return f"02:54:55:4c:{self.number:02x}:{int(node.removeprefix('node')):02x}"

    def container(self, node: str) -> str:
        """Return a node's container name."""
        return f"{self.network}-{node}"

    def save(self) -> None:
        """Write state.json, whole or not at all."""
        self.state.mkdir(parents=True, exist_ok=True)
        fresh = self.state / "state.json.new"
        fresh.write_text(json.dumps(asdict(self), indent=2) + "\n")
        fresh.replace(self.state / "state.json")


def current_name() -> str:
    """Return the instance that TRUEUP_LAB names; raises LabError when the name cannot be one."""
    name = os.environ.get("TRUEUP_LAB") or DEFAULT
    if not NAME.match(name):
        raise LabError(
            "read TRUEUP_LAB",
            expected="lower-case letters, digits and hyphens, at most 24",
            actual=repr(name),
            remedy="name the instance otherwise, e.g. TRUEUP_LAB=second",
        )
    return name


def load(name: str) -> Instance | None:
    """Return the instance as last recorded, or None when there is none.

    Raises LabError when its record cannot be read; fields of other versions are left out.
    """
    path = state_root() / name / "state.json"
    try:
        record = json.loads(path.read_text())
        known = {field.name: record[field.name] for field in fields(Instance) if field.name in record}
        return Instance(**known)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError) as error:
        raise LabError(
            f"read {path}",
            expected=f"a record with {', '.join(field.name for field in fields(Instance))}",
            actual=f"{type(error).__name__}: {error}",
            remedy=f"remove it, then: TRUEUP_LAB={name} trueup lab down",
        ) from error


def recorded() -> list[Instance]:
    """Return every instance of this machine, by name."""
    found = (load(path.parent.name) for path in sorted(state_root().glob("*/state.json")))
    return [instance for instance in found if instance is not None]


def allocate(name: str, nodes: int, taken: Collection[int], shape: str = "debian") -> Instance:
    """Return a new instance on a free network; taken: numbers that networks of this machine already use.

    "default" always has 10.213.0.0/24, because inventory.py as shipped names its addresses.
    """
    if name == DEFAULT:
        return Instance(name, 0, nodes, shape)
    used = {instance.number for instance in recorded()} | set(taken)
    free = next((number for number in range(1, 255) if number not in used), None)
    if free is None:
        raise LabError(
            "choose a network",
            expected="a free 10.213.N.0/24",
            actual="all 254 in use",
            remedy="take an instance down: TRUEUP_LAB=NAME trueup lab down",
        )
    return Instance(name, free, nodes, shape)


def resized(instance: Instance, nodes: int) -> Instance:
    """Return the same instance with that many nodes; raises LabError outside 1..MOST_NODES."""
    if not 1 <= nodes <= MOST_NODES:
        raise LabError(
            "count the nodes",
            expected=f"1 to {MOST_NODES} nodes",
            actual=str(nodes),
            remedy="give --nodes a number in that range",
        )
    return replace(instance, nodes=nodes)
