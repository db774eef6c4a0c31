"""Read back and validate what the processes of a job wrote: one record per rank, one per node's agent."""

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from trueup.collective.node.result_writer import MARK

Step = tuple[str, float | None]


class _Record(BaseModel):
    """A newer job may write more than this reader knows."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class Check(_Record):
    """One operation on distinct values."""

    operation: str
    """One of collectives.OPERATIONS."""
    dtype: str
    """Such as "float32"."""
    count: int
    """Elements that a rank passes in."""
    size: int
    """Bytes, as the job asks for."""
    outcome: Literal["exact", "wrong", "not_applicable"]
    """Exact if every element is."""
    why: str | None
    """What differs, or why it does not apply."""


class Timing(_Record):
    """One timed operation in one round."""

    operation: str
    """One of collectives.OPERATIONS."""
    size: int
    """Bytes, as the job asks for."""
    bytes: int
    """Bytes as nccl-tests counts them."""
    algorithm: Literal["own", "ring"]
    """NCCL's own choice, or its ring."""
    round: int
    """From 0."""
    seconds: float
    """Mean of the iterations."""
    best: float
    """Seconds of the fastest iteration."""
    algbw: float
    """Algorithm bandwidth in GB/s (1e9)."""
    busbw: float
    """Bus bandwidth in GB/s (1e9)."""


class RankResult(_Record):
    """One process of a job."""

    node: str
    """The node that it ran on."""
    rank: int
    """Its number in the world."""
    world: int
    """How many ranks it knew of."""
    backend: str
    """"nccl" or "gloo"."""
    error: str | None
    """What ended it, with the step; None where it ended well."""
    pid: int
    """Its process id on the node."""
    steps: tuple[Step, ...]
    """(name, seconds); None for the step that it was in at the end."""
    torch: str | None = None
    """Version of torch; None where the rank did not get as far."""
    cuda: str | None = None
    """CUDA that torch was built for."""
    nccl: str | None = None
    """Version of NCCL."""
    device: str | None = None
    """"cpu" or "cuda:N"."""
    gpu: str | None = None
    """Name of the GPU."""
    capability: str | None = None
    """Compute capability, such as "8.0"."""
    mapped: dict[str, str] = {}
    """Paths by name of a mapped CUDA library."""
    sha256: dict[str, str] = {}
    """Hashes by the same names; from local rank 0 only."""


class RankRecord(RankResult):
    """One process of the collective job."""

    checks: tuple[Check, ...]
    """Every operation, dtype and size once."""
    timings: tuple[Timing, ...]
    """Every timed operation, size, algorithm and round."""


class TrainRecord(RankResult):
    """One process of the training step."""

    stage: int
    """ZeRO stage."""
    losses: tuple[float, ...]
    """Losses of its own data, by step."""
    single_process: tuple[tuple[float, ...], ...]
    """Losses that one process gets without DeepSpeed, by step and rank."""


class AgentRecord(_Record):
    """The agent of the job on one node."""

    node: str
    """The node's name."""
    error: str | None
    """What ended the job; None where the launcher ended by itself."""
    status: int | None
    """Exit status of the launcher."""
    ended: tuple[int, ...]
    """Processes that the agent had to end."""
    steps: tuple[Step, ...]
    """(name, seconds)."""
    load: dict[str, Any] | None = None
    """Samples of the GPUs during the job, as trueup.gpu.under_load reads them."""


class NodeOutput(_Record):
    """All records of one node's output."""

    ranks: tuple[RankRecord | TrainRecord, ...] = ()
    """Records of ranks."""
    agents: tuple[AgentRecord, ...] = ()
    """Records of the agent; one, where all is well."""
    broken: tuple[str, ...] = ()
    """Lines that are marked as a record and cannot be read."""


def read(out: str) -> NodeOutput:
    """Return the records in a node's standard output; a torn line is listed in broken."""
    ranks: list[RankRecord | TrainRecord] = []
    agents: list[AgentRecord] = []
    broken: list[str] = []
    for line in out.splitlines():
        if not line.startswith(MARK):
            continue
        try:
            facts = json.loads(line.removeprefix(MARK))
            if facts["kind"] == "rank":
                ranks.append(RankRecord.model_validate(facts))
            elif facts["kind"] == "train":
                ranks.append(TrainRecord.model_validate(facts))
            else:
                agents.append(AgentRecord.model_validate(facts))
        except (ValidationError, ValueError, KeyError, TypeError) as error:
            broken.append(f"{line[:120]} ({type(error).__name__})")
    return NodeOutput(ranks=tuple(ranks), agents=tuple(agents), broken=tuple(broken))
