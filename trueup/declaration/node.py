"""The records of inventory.py: the nodes, how to reach them, what hardware they have."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from trueup.declaration.types import Address, Interface, NodeName, Record, Url

# "<ID>-<VERSION_ID>" of os-release(5), with the version shortened as the distribution table has it.
Distro = Annotated[str, StringConstraints(pattern=r"^[a-z]+-\d+(\.\d+)?$")]
DriverVersion = Annotated[str, StringConstraints(pattern=r"^\d{3}(\.\d+){1,2}$")]
Gpus = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+ x\d{1,2}$")]
# As NVML prints them: "GPU-" and a UUID; several are separated by commas, because host data holds scalars only.
GpuUuids = Annotated[str, StringConstraints(pattern=r"^GPU-[0-9a-f-]{36}(,GPU-[0-9a-f-]{36})*$")]
GpuPcie = Annotated[str, StringConstraints(pattern=r"^x(1|2|4|8|16) gen[1-7]$")]
GpuVbios = Annotated[str, StringConstraints(pattern=r"^[0-9A-F]{2}(\.[0-9A-F]{2}){4}$")]


class Node(Record):
    """One machine.

    hostname, port, user, key, known_hosts, sudo: how the controller reaches it.
    address, interface: what the other nodes and the collective use.
    gpus: "<model> x<count>"; mirror: URL of the artifacts; maintenance: why it is left alone, until when.
    link_mbit: Mbit/s of the link that the collective uses.
    distro ("rocky-9"), driver ("580.95.05"), cpu ("amd"): facts for judging a node that cannot be reached;
    what a probe finds wins, and another distribution than the declared one is not judged.
    gpu_uuids, gpu_nvlink (a bridge or none), gpu_pcie ("x16 gen4"), gpu_vbios, memory_gib, numa_nodes:
    hardware of this very node; what is not declared is not checked, or held to the model's own.
    """

    name: NodeName
    hostname: Address
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    user: str | None = None
    key: str | None = None
    known_hosts: str | None = None
    config_file: str | None = None
    sudo: bool = False
    profile: Annotated[str, Field(min_length=1)]
    profiles: str = "profiles.py"
    gpus: Gpus
    address: Address
    interface: Interface
    mirror: Url
    maintenance: str | None = None
    distro: Distro | None = None
    driver: DriverVersion | None = None
    cpu: Literal["amd", "intel"] | None = None
    gpu_uuids: GpuUuids | None = None
    gpu_nvlink: bool | None = None
    gpu_pcie: GpuPcie | None = None
    gpu_vbios: GpuVbios | None = None
    memory_gib: Annotated[int, Field(gt=0)] | None = None
    numa_nodes: Annotated[int, Field(gt=0)] | None = None
    link_mbit: Annotated[int, Field(gt=0)] | None = None
    groups: tuple[str, ...] = ()

    @property
    def gpu_model(self) -> str:
        """The catalogue's name of the GPU model, e.g. "a100-pcie-40gb"."""
        return self.gpus.rsplit(" x", 1)[0]

    @property
    def gpu_count(self) -> int:
        """GPUs that the node must have."""
        return int(self.gpus.rsplit(" x", 1)[1])


# The keys that an operator writes beside a node's name, and the field each one fills.
DATA_KEYS: dict[str, str] = {
    "ssh_hostname": "hostname",
    "ssh_port": "port",
    "ssh_user": "user",
    "ssh_key": "key",
    "ssh_known_hosts_file": "known_hosts",
    "ssh_config_file": "config_file",
    "_sudo": "sudo",
    "profile": "profile",
    "profiles": "profiles",
    "gpus": "gpus",
    "address": "address",
    "interface": "interface",
    "mirror": "mirror",
    "link_mbit": "link_mbit",
    "maintenance": "maintenance",
    "distro": "distro",
    "driver": "driver",
    "cpu": "cpu",
    "gpu_uuids": "gpu_uuids",
    "gpu_nvlink": "gpu_nvlink",
    "gpu_pcie": "gpu_pcie",
    "gpu_vbios": "gpu_vbios",
    "memory_gib": "memory_gib",
    "numa_nodes": "numa_nodes",
}

# Keys that only pyinfra's own ssh connector reads; harmless to us.
PASSED_ON = ("ssh_strict_host_key_checking",)


def fields_of(data: dict[str, Any]) -> dict[str, Any]:
    """Host data under the record's field names; an unknown key keeps its own, so that Node refuses it."""
    known = {DATA_KEYS.get(key, key): value for key, value in data.items() if key not in PASSED_ON}
    return {"address": known.get("hostname"), **known}
