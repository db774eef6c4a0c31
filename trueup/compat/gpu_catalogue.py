"""The GPU models that trueup knows, and what holds for each of them."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from trueup.compat.tables.loader import Row, Status, table


class GpuModel(Row):
    """One model, by the name that an inventory uses.

    name: as NVML prints it; pci_device_id: four hex digits, vendor 10de.
    memory_mib: what NVML reports with ECC on; older drivers report up to 2 % less.
    max_sm_mhz, max_memory_mhz: the maximum clocks; clocks_status "memory": check them before use.
    power_w: default board power limit; an integrator may ship another.
    """

    model: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")]
    name: str
    pci_device_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{4}$")]
    capability: Annotated[str, StringConstraints(pattern=r"^\d+\.\d$")]
    architecture: str
    memory_mib: Annotated[int, Field(gt=0)]
    memory_repair: Literal["row_remapping", "page_retirement"]
    max_sm_mhz: Annotated[int, Field(gt=0)]
    max_memory_mhz: Annotated[int, Field(gt=0)]
    bf16: bool
    power_w: Annotated[int, Field(gt=0)]
    clocks_source: str
    clocks_status: Status

    @property
    def sm(self) -> tuple[int, int]:
        """The compute capability as (major, minor)."""
        major, minor = self.capability.split(".")
        return int(major), int(minor)


@cache
def gpu_models() -> Mapping[str, GpuModel]:
    """Every known model by its name in the inventory, e.g. "a100-pcie-40gb"."""
    return MappingProxyType({row.model: row for row in table("gpus", GpuModel).rows})
