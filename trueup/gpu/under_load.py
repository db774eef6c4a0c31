"""What was seen of a node's GPUs while a job ran, and the pure reading of it."""

import json
from typing import Annotated, Any

from pydantic import Field, ValidationError

from trueup.declaration import Record
from trueup.gpu.errors import NoAnswer, printable_line
from trueup.gpu.schema import MOST_GPUS, Count, NvmlValue, Seconds, Section


class SlowdownStats(Record):
    """samples: how often it was asked; slow: how often it was slowed down; events: how often that began.

    bits: nvmlClocksEventReasons that were seen, of those that slow down.
    """

    samples: Count
    slow: Count
    events: Count
    bits: Count


class GpuUnderLoad(Record):
    """One GPU. replays: at the first look and at the last; lost: why it gave no handle."""

    index: Count
    lost: str | None = None
    uuid: NvmlValue[str] = NvmlValue[str]()
    pace: NvmlValue[SlowdownStats] = NvmlValue[SlowdownStats]()
    replays: NvmlValue[tuple[Count, Count]] = NvmlValue[tuple[Count, Count]]()

    @property
    def where(self) -> str:
        """How a message names this GPU."""
        return printable_line(f"GPU {self.index} ({self.uuid.v})" if self.uuid.v else f"GPU {self.index}")


class Load(Record):
    """All GPUs of one node, over so many seconds."""

    seconds: Seconds
    gpus: Annotated[tuple[GpuUnderLoad, ...], Field(max_length=MOST_GPUS)]


def read(report: dict[str, Any] | None) -> Load:
    """What the watch beside a job told; raises NoAnswer where it told nothing that can be judged."""
    if report is None:
        raise NoAnswer("the job left no word about the GPUs")
    try:
        return Section[Load].model_validate_json(json.dumps(report)).known()
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the document"
        raise NoAnswer(printable_line(f"the watch beside the job: {place}: {first['msg']}")) from error
