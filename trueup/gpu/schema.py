"""The pure reading of what the probe prints: any bytes give a Probe or an Unreadable, never a traceback."""

from dataclasses import dataclass
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field, ValidationError

from trueup.declaration import Record
from trueup.gpu.errors import NoAnswer, printable_line

T = TypeVar("T")
Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class NvmlValue(Record, Generic[T]):
    """One answer of NVML: a value, or "unsupported" by this driver, or an error."""

    v: T | None = None
    unsupported: str | None = None
    error: str | None = None

    def known(self) -> T:
        """The value; raises NoAnswer where there is none, because no answer is not a 0."""
        if self.v is None:
            raise NoAnswer(printable_line(self.error or f"unsupported here: {self.unsupported}"))
        return self.v


class Section(Record, Generic[T]):
    """One part of the look: done, impossible, or killed after its seconds."""

    state: Literal["looked", "cannot", "hung"]
    value: T | None = None
    why: str | None = None
    after_s: float | None = None

    def known(self) -> T:
        """What was found; raises NoAnswer with the reason where nothing could be."""
        if self.state == "hung":
            raise NoAnswer(f"no answer within {self.after_s} s, killed")
        if self.value is None:
            raise NoAnswer(printable_line(self.why or "nothing was said"))
        return self.value


# A node with more GPUs than this does not exist; a hostile one could name as many as it likes.
MOST_GPUS = 64
LOST = "NVMLError_GpuIsLost"


class Gpu(Record):
    """One GPU as NVML sees it. Clocks MHz, power mW, memory bytes; lost: why it gave no handle."""

    index: Count
    lost: str | None = None
    name: NvmlValue[str] = NvmlValue[str]()
    uuid: NvmlValue[str] = NvmlValue[str]()
    serial: NvmlValue[str] = NvmlValue[str]()
    vbios: NvmlValue[str] = NvmlValue[str]()
    inforom: NvmlValue[str] = NvmlValue[str]()
    inforom_valid: NvmlValue[bool] = NvmlValue[bool]()
    pci: NvmlValue[str] = NvmlValue[str]()
    pci_id: NvmlValue[str] = NvmlValue[str]()
    capability: NvmlValue[str] = NvmlValue[str]()
    persistence: NvmlValue[Count] = NvmlValue[Count]()
    ecc_mode: NvmlValue[tuple[Count, Count]] = NvmlValue[tuple[Count, Count]]()
    ecc_volatile: NvmlValue[Count] = NvmlValue[Count]()
    sram: NvmlValue[Count] = NvmlValue[Count]()
    remapped: NvmlValue[tuple[Count, Count, Count, Count]] = NvmlValue[tuple[Count, Count, Count, Count]]()
    retired: NvmlValue[tuple[Count, Count]] = NvmlValue[tuple[Count, Count]]()
    retired_pending: NvmlValue[Count] = NvmlValue[Count]()
    width: NvmlValue[Count] = NvmlValue[Count]()
    width_max: NvmlValue[Count] = NvmlValue[Count]()
    generation: NvmlValue[Count] = NvmlValue[Count]()
    generation_max: NvmlValue[Count] = NvmlValue[Count]()
    pstate: NvmlValue[Count] = NvmlValue[Count]()
    replays: NvmlValue[Count] = NvmlValue[Count]()
    replays_again: NvmlValue[Count] = NvmlValue[Count]()
    links: NvmlValue[tuple[Count, ...]] = NvmlValue[tuple[Count, ...]]()
    link_errors: NvmlValue[Count] = NvmlValue[Count]()
    reasons: NvmlValue[Count] = NvmlValue[Count]()
    reasons_again: NvmlValue[Count] = NvmlValue[Count]()
    clock_sm: NvmlValue[Count] = NvmlValue[Count]()
    clock_memory: NvmlValue[Count] = NvmlValue[Count]()
    power_limit: NvmlValue[Count] = NvmlValue[Count]()
    power_default: NvmlValue[Count] = NvmlValue[Count]()
    processes: NvmlValue[tuple[Count, ...]] = NvmlValue[tuple[Count, ...]]()
    memory: NvmlValue[tuple[Count, Count]] = NvmlValue[tuple[Count, Count]]()

    @property
    def gone(self) -> str | None:
        """Why it cannot be judged: it gave no handle, or was lost while the probe asked (NVML's error 15)."""
        answers = (getattr(self, name) for name in type(self).model_fields)
        errors = (answer.error for answer in answers if isinstance(answer, NvmlValue) and answer.error)
        lost = next((error for error in errors if LOST in error), None)
        return self.lost or (f"it vanished between two questions: {lost}" if lost else None)

    @property
    def where(self) -> str:
        """How a message names this GPU."""
        known = [value for value in (self.uuid.v, self.pci.v) if value]
        return printable_line(f"GPU {self.index} ({', '.join(known)})" if known else f"GPU {self.index}")


class Nvml(Record):
    """The library. init_error, init_code: why it did not start (NVML's nvmlReturn_t)."""

    init_error: str | None = None
    init_code: int | None = None
    driver: NvmlValue[str] = NvmlValue[str]()
    library: NvmlValue[str] = NvmlValue[str]()
    count: NvmlValue[Count] = NvmlValue[Count]()
    gpus: Annotated[tuple[Gpu, ...], Field(max_length=MOST_GPUS)] = ()
    seconds: Seconds = 0.0


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


MOST_BYTES = 4 << 20


class About(Record):
    """The probe itself, and the boot that it looked at."""

    format: Literal[1]
    boot_id: str | None
    uptime_s: Seconds
    python: str
    executable: str
    seconds: Seconds


class Probe(Record):
    """All that one look at one node found."""

    about: About
    nvml: Section[Nvml]
    kernel: Section[Kernel]
    module: Section[Module]
    pci: Section[Pci]
    disks: Section[Disks]
    memory: Section[Memory]
    processors: Section[Processors]


@dataclass(frozen=True)
class ProbeError:
    """What came was no answer of the probe; why says in what way."""

    why: str


def read(raw: bytes) -> Probe | ProbeError:
    """The probe's one JSON document; two, half of one, or anything else is Unreadable."""
    if not raw.strip():
        return ProbeError("it printed nothing")
    if len(raw) > MOST_BYTES:
        return ProbeError(f"it printed {len(raw)} bytes, more than {MOST_BYTES}")
    try:
        return Probe.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the document"
        return ProbeError(printable_line(f"{place}: {first['msg']} (begins {raw[:60]!r})"))
