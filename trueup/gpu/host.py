"""The node around its GPUs, as the probe found it."""

from typing import Annotated

from pydantic import Field

from trueup.gpu.answers import Count
from trueup.spec.base import Record


class Kernel(Record):
    """Lines of the kernel's log since this boot; first: the oldest that is still kept."""

    reader: str
    first: str
    read: Count
    lines: tuple[str, ...]


class Module(Record):
    """/proc/driver/nvidia/version; loaded: which of the modules that matter here are loaded.

    secure_boot: whether the firmware loads signed modules only; None where it does not say.
    """

    version: str | None
    loaded: tuple[str, ...] | None
    secure_boot: bool | None = None


class PciDevice(Record):
    """One NVIDIA display controller in sysfs, in sysfs' own words."""

    address: str
    device: str | None
    numa_node: str | None
    current_link_width: str | None
    current_link_speed: str | None
    max_link_speed: str | None


class Pci(Record):
    """The bus, seen without the driver."""

    devices: tuple[PciDevice, ...]


class Mount(Record):
    """A local file system; bytes, inodes: (used, free for anybody), which leaves out what is kept for root."""

    source: str
    kind: str
    writable: bool
    bytes: tuple[Count, Count]
    inodes: tuple[Count, Count]


class Disks(Record):
    """Mounts by their place."""

    mounts: dict[str, Mount]


class Memory(Record):
    """KiB."""

    total: Annotated[int, Field(gt=0, alias="MemTotal")]
    available: Annotated[Count, Field(alias="MemAvailable")]
    swap_total: Annotated[Count, Field(alias="SwapTotal")]
    swap_free: Annotated[Count, Field(alias="SwapFree")]


class Processors(Record):
    """governors: the different ones in use; none where the kernel does not scale frequencies."""

    governors: tuple[str, ...]
    numa_nodes: Count
    processors: int | None
