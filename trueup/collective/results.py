"""What the processes of a job wrote, read back and validated: one record per rank, one per node's agent."""

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from trueup.collective.node.result_writer import MARK

Step = tuple[str, float | None]


class _Read(BaseModel):
    """A newer job may write more than this reader knows."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Check(_Read):
    """One operation on distinct values. count: elements that a rank passes in; size: bytes asked for."""

    operation: str
    dtype: str
    count: int
    size: int
    outcome: Literal["exact", "wrong", "not_applicable"]
    why: str | None


class Timing(_Read):
    """One timed operation. bytes: as nccl-tests counts; seconds: the mean; rates in GB/s (1e9)."""

    operation: str
    size: int
    bytes: int
    algorithm: Literal["own", "ring"]
    round: int
    seconds: float
    best: float
    algbw: float
    busbw: float


class RankResult(_Read):
    """One process of a job; steps with their seconds, None for the one it was in at the end."""

    node: str
    rank: int
    world: int
    backend: str
    error: str | None
    pid: int
    steps: tuple[Step, ...]
    torch: str | None = None
    cuda: str | None = None
    nccl: str | None = None
    device: str | None = None
    gpu: str | None = None
    capability: str | None = None
    mapped: dict[str, str] = {}
    sha256: dict[str, str] = {}


class RankRecord(RankResult):
    """One process of the collective job."""

    checks: tuple[Check, ...]
    timings: tuple[Timing, ...]


class TrainRecord(RankResult):
    """One process of the training step.

    losses: of its own data, by step; alone: what one process gets without DeepSpeed, by step and rank.
    """

    stage: int
    losses: tuple[float, ...]
    single_process: tuple[tuple[float, ...], ...]


class AgentRecord(_Read):
    """What held the job together on one node. status: torchrun's; ended: processes that had to be ended.

    load: what was seen of the GPUs meanwhile, as trueup.gpu.under_load reads it.
    """

    node: str
    error: str | None
    status: int | None
    ended: tuple[int, ...]
    steps: tuple[Step, ...]
    load: dict[str, Any] | None = None


class NodeOutput(_Read):
    """All records of one node's output, and the lines that claim to be one and are not."""

    ranks: tuple[RankRecord | TrainRecord, ...] = ()
    agents: tuple[AgentRecord, ...] = ()
    broken: tuple[str, ...] = ()


def read(out: str) -> NodeOutput:
    """The records in a node's standard output; never raises, a torn line is listed in broken."""
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
