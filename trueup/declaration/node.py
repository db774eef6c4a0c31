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
    """Describe one machine: how to reach it, and its hardware."""

    name: NodeName
    hostname: Address
    """Where the controller logs in: a name or an address."""
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    """Port of sshd."""
    user: str | None = None
    """Account to log in as; the SSH client's own choice without it."""
    key: str | None = None
    """Private key file on the controller."""
    known_hosts: str | None = None
    """File of pinned host keys."""
    config_file: str | None = None
    """OpenSSH client configuration, for a jump host or an alias."""
    sudo: bool = False
    """Whether commands run through sudo."""
    profile: Annotated[str, Field(min_length=1)]
    """Name of a profile in `profiles.py`, in any case."""
    profiles: str = "profiles.py"
    """File that defines the profile."""
    gpus: Gpus
    """Model and count of the GPUs."""
    address: Address
    """What the other nodes and the collective use."""
    interface: Interface
    """Interface of that address."""
    mirror: Url
    """Where the node fetches its artifacts."""
    maintenance: str | None = None
    """Why the node is left alone, and until when."""
    distro: Distro | None = None
    """Distribution, for a node that cannot be reached; what a probe finds wins."""
    driver: DriverVersion | None = None
    """Installed driver, for a node that cannot be reached; what a probe finds wins."""
    cpu: Literal["amd", "intel"] | None = None
    """Maker of the CPU, for a node that cannot be reached; what a probe finds wins."""
    gpu_uuids: GpuUuids | None = None
    """UUIDs of the GPUs; not checked without it."""
    gpu_nvlink: bool | None = None
    """Whether an NVLink bridge joins the GPUs; not checked without it."""
    gpu_pcie: GpuPcie | None = None
    """PCIe link of each GPU; the model's own without it."""
    gpu_vbios: GpuVbios | None = None
    """VBIOS of each GPU; not checked without it."""
    memory_gib: Annotated[int, Field(gt=0)] | None = None
    """Memory of the node; not checked without it."""
    numa_nodes: Annotated[int, Field(gt=0)] | None = None
    """NUMA nodes of the machine; not checked without it."""
    link_mbit: Annotated[int, Field(gt=0)] | None = None
    """Mbit/s of the link that the collective uses."""
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
