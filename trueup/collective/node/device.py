"""Start a rank: its device or the reason why it must not run, its versions and libraries. Runs on a node."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

from trueup.collective.node import mapped_libraries
from trueup.collective.node.result_writer import ResultWriter


class RefusedError(RuntimeError):
    """The declared job cannot be run here, and nothing else will be run in its place."""


class Rank(NamedTuple):
    """One process of the job."""

    torch: Any
    """The module."""
    number: int
    """Its rank in the world."""
    world: int
    """How many ranks there are."""
    device: str
    """"cpu", or "cuda:N"."""


def start_rank(settings: dict[str, Any], record: ResultWriter) -> Rank:
    """Import torch, take the device, and record what the rank runs on; raises RefusedError."""
    record.step("import torch")
    import torch

    number, world, local = (int(os.environ[name]) for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK"))
    record.step("device")
    device = device_of(torch, settings["backend"], local, settings["ranks_per_node"])
    record.step("libraries")
    record.facts.update(facts_of(torch, settings["backend"], device, local))
    return Rank(torch, number, world, device)


def device_of(torch: Any, backend: str, local_rank: int, ranks_per_node: int) -> str:
    """Return the device of this rank; raises RefusedError where nccl is declared and a GPU is missing."""
    if backend != "nccl":
        return "cpu"
    if not torch.cuda.is_available():
        raise RefusedError(
            f"the profile declares nccl, but torch {torch.__version__} sees no CUDA device: {_why(torch)}"
        )
    if torch.cuda.device_count() < ranks_per_node:
        raise RefusedError(
            f"{ranks_per_node} ranks a node are declared, but torch sees {torch.cuda.device_count()} GPUs"
        )
    torch.cuda.set_device(local_rank)
    return f"cuda:{local_rank}"


def _why(torch: Any) -> str:
    try:
        torch.cuda.init()
    except (RuntimeError, AssertionError) as error:
        return str(error)
    return "torch.cuda.init() gives no reason"


def facts_of(torch: Any, backend: str, device: str, local_rank: int) -> dict[str, Any]:
    """Return versions, the device and the mapped libraries; hashes from local rank 0 only."""
    found = mapped_libraries.libraries(Path("/proc/self/maps").read_text())
    facts: dict[str, Any] = {
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "nccl": _nccl(torch),
        "device": device,
        "mapped": found,
        "sha256": mapped_libraries.hashes(found) if local_rank == 0 else {},
    }
    if backend == "nccl":
        properties = torch.cuda.get_device_properties(device)
        facts["gpu"] = properties.name
        facts["capability"] = f"{properties.major}.{properties.minor}"
    return facts


def _nccl(torch: Any) -> str | None:
    if not torch.distributed.is_nccl_available():
        return None
    version = torch.cuda.nccl.version()
    return ".".join(str(part) for part in version) if isinstance(version, tuple) else str(version)


def every_gpu_has_bfloat16(torch: Any, device: str) -> bool:
    """Whether the lowest compute capability of all ranks is 8.0 or more; False on the CPU."""
    if device == "cpu":
        return False
    major = torch.tensor([torch.cuda.get_device_capability(device)[0]], device=device)
    torch.distributed.all_reduce(major, op=torch.distributed.ReduceOp.MIN)
    return int(major[0]) >= 8
