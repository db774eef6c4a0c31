"""The pure reading of what the probe prints: any bytes give a Probe or an Unreadable, never a traceback."""

from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from trueup.gpu.answers import Seconds, Section
from trueup.gpu.gpus import Nvml
from trueup.gpu.host import Disks, Kernel, Memory, Module, Pci, Processors
from trueup.gpu.verdict import plain
from trueup.spec.base import Record

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
class Unreadable:
    """What came was no answer of the probe; why says in what way."""

    why: str


def read(raw: bytes) -> Probe | Unreadable:
    """The probe's one JSON document; two, half of one, or anything else is Unreadable."""
    if not raw.strip():
        return Unreadable("it printed nothing")
    if len(raw) > MOST_BYTES:
        return Unreadable(f"it printed {len(raw)} bytes, more than {MOST_BYTES}")
    try:
        return Probe.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the document"
        return Unreadable(plain(f"{place}: {first['msg']} (begins {raw[:60]!r})"))
