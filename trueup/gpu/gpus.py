"""The GPUs of a node, as NVML told the probe."""

from typing import Annotated

from pydantic import Field

from trueup.gpu.answers import Asked, Count, Seconds
from trueup.gpu.verdict import plain
from trueup.spec.base import Record

# A node with more GPUs than this does not exist; a hostile one could name as many as it likes.
MOST_GPUS = 64
LOST = "NVMLError_GpuIsLost"


class Gpu(Record):
    """One GPU as NVML sees it. Clocks MHz, power mW, memory bytes; lost: why it gave no handle."""

    index: Count
    lost: str | None = None
    name: Asked[str] = Asked[str]()
    uuid: Asked[str] = Asked[str]()
    serial: Asked[str] = Asked[str]()
    vbios: Asked[str] = Asked[str]()
    inforom: Asked[str] = Asked[str]()
    inforom_valid: Asked[bool] = Asked[bool]()
    pci: Asked[str] = Asked[str]()
    pci_id: Asked[str] = Asked[str]()
    capability: Asked[str] = Asked[str]()
    persistence: Asked[Count] = Asked[Count]()
    ecc_mode: Asked[tuple[Count, Count]] = Asked[tuple[Count, Count]]()
    ecc_volatile: Asked[Count] = Asked[Count]()
    sram: Asked[Count] = Asked[Count]()
    remapped: Asked[tuple[Count, Count, Count, Count]] = Asked[tuple[Count, Count, Count, Count]]()
    retired: Asked[tuple[Count, Count]] = Asked[tuple[Count, Count]]()
    retired_pending: Asked[Count] = Asked[Count]()
    width: Asked[Count] = Asked[Count]()
    width_max: Asked[Count] = Asked[Count]()
    generation: Asked[Count] = Asked[Count]()
    generation_max: Asked[Count] = Asked[Count]()
    pstate: Asked[Count] = Asked[Count]()
    replays: Asked[Count] = Asked[Count]()
    replays_again: Asked[Count] = Asked[Count]()
    links: Asked[tuple[Count, ...]] = Asked[tuple[Count, ...]]()
    link_errors: Asked[Count] = Asked[Count]()
    reasons: Asked[Count] = Asked[Count]()
    reasons_again: Asked[Count] = Asked[Count]()
    clock_sm: Asked[Count] = Asked[Count]()
    clock_memory: Asked[Count] = Asked[Count]()
    power_limit: Asked[Count] = Asked[Count]()
    power_default: Asked[Count] = Asked[Count]()
    processes: Asked[tuple[Count, ...]] = Asked[tuple[Count, ...]]()
    memory: Asked[tuple[Count, Count]] = Asked[tuple[Count, Count]]()

    @property
    def gone(self) -> str | None:
        """Why it cannot be judged: it gave no handle, or was lost while the probe asked (NVML's error 15)."""
        answers = (getattr(self, name) for name in type(self).model_fields)
        errors = (answer.error for answer in answers if isinstance(answer, Asked) and answer.error)
        lost = next((error for error in errors if LOST in error), None)
        return self.lost or (f"it vanished between two questions: {lost}" if lost else None)

    @property
    def where(self) -> str:
        """How a message names this GPU."""
        known = [value for value in (self.uuid.v, self.pci.v) if value]
        return plain(f"GPU {self.index} ({', '.join(known)})" if known else f"GPU {self.index}")


class Nvml(Record):
    """The library. init_error, init_code: why it did not start (NVML's nvmlReturn_t)."""

    init_error: str | None = None
    init_code: int | None = None
    driver: Asked[str] = Asked[str]()
    library: Asked[str] = Asked[str]()
    count: Asked[Count] = Asked[Count]()
    gpus: Annotated[tuple[Gpu, ...], Field(max_length=MOST_GPUS)] = ()
    seconds: Seconds = 0.0
