"""What a rank runs on: its device, or why it must not run; versions, libraries. Runs on a node (Py 3.8)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trueup.collective.node import mapped_libraries


class RefusedError(RuntimeError):
    """The declared job cannot be run here, and nothing else will be run in its place."""


def device_of(torch: Any, backend: str, local_rank: int, ranks_per_node: int) -> str:
    """The device of this rank; raises RefusedError where nccl is declared and a GPU is missing."""
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
    """What this rank runs on: versions, the device, the libraries mapped; hashes from local rank 0 only."""
    found = mapped_libraries.libraries(Path("/proc/self/maps").read_text())
    facts: dict[str, Any] = {
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "nccl": _nccl(torch),
        "device": device,
        "mapped": found,
        "sha256": mapped_libraries.hashed(found) if local_rank == 0 else {},
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
