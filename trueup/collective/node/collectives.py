"""The four collectives: what each must yield, and how bandwidth is counted. Runs on a node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from trueup.collective.node import exact_values

OPERATIONS = ("all_reduce", "broadcast", "all_gather", "reduce_scatter")
ITEM_BYTES = {"float16": 2, "bfloat16": 2, "float32": 4, "int64": 8}
# The table of backends in torch 2.0's documentation (torch.distributed, "Backends") has no reduce_scatter for
# gloo; the one of torch 2.8 has it.
_GLOO_REDUCE_SCATTER_FROM = (2, 8)


class World(NamedTuple):
    """What a collective needs to know of its process; torch is the module, passed in."""

    torch: Any
    rank: int
    size: int
    device: str
    group: Any = None


def not_applicable(operation: str, dtype: str, backend: str, torch_version: str, bfloat16: bool) -> str | None:
    """Why this pair is not run, from documented limits only; None when it must run."""
    numbers = tuple(int(part) for part in torch_version.split("+")[0].split(".")[:2])
    if backend == "gloo" and operation == "reduce_scatter" and numbers < _GLOO_REDUCE_SCATTER_FROM:
        return f"gloo has no reduce_scatter in torch {torch_version} (torch.distributed, table of backends)"
    if dtype == "bfloat16" and not bfloat16:
        return "bfloat16 needs compute capability 8.0 on every GPU (CUDA C++ Programming Guide, table 18)"
    return None


def bus_factor(operation: str, world: int) -> float:
    """Bus bandwidth over algorithm bandwidth (nccl-tests, doc/PERFORMANCE.md)."""
    shared = (world - 1) / world
    return {"all_reduce": 2 * shared, "broadcast": 1.0, "all_gather": shared, "reduce_scatter": shared}[operation]


def count_of(operation: str, dtype: str, size: int, world: int) -> int:
    """Elements that one rank passes in; size: bytes, of the larger of input and output."""
    elements = size // ITEM_BYTES[dtype]
    return max(1, elements // world if operation in ("all_gather", "reduce_scatter") else elements)


def bytes_of(operation: str, dtype: str, count: int, world: int) -> int:
    """The size that bandwidth is counted with."""
    whole = count * world if operation in ("all_gather", "reduce_scatter") else count
    return whole * ITEM_BYTES[dtype]


def verify(operation: str, world: World, dtype: str, count: int) -> str | None:
    """Run it once on distinct values; None when every element is exact, else what differs."""
    return _VERIFY[operation](world, dtype, count)


def repeatable(operation: str, world: World, dtype: str, count: int) -> Callable[[], Any]:
    """The bare collective on zeros, to be timed; calling it again and again does not overflow."""
    torch, dist = world.torch, world.torch.distributed
    mine = torch.zeros(count, dtype=getattr(torch, dtype), device=world.device)
    if operation == "all_reduce":
        return lambda: dist.all_reduce(mine, group=world.group)
    if operation == "broadcast":
        return lambda: dist.broadcast(mine, 0, group=world.group)
    parts = [torch.zeros_like(mine) for _ in range(world.size)]
    if operation == "all_gather":
        return lambda: dist.all_gather(parts, mine, group=world.group)
    return lambda: dist.reduce_scatter(mine, parts, group=world.group)


def _mine(world: World, dtype: str, count: int, offset: int = 0) -> Any:
    return exact_values.own(world.torch, world.rank, world.size, dtype, count, offset, world.device)


def _of(world: World, rank: int, dtype: str, count: int) -> Any:
    return exact_values.own(world.torch, rank, world.size, dtype, count, 0, world.device)


def _sums(world: World, dtype: str, count: int, offset: int = 0) -> Any:
    return exact_values.summed(world.torch, world.size, dtype, count, offset, world.device)


def _all_reduce(world: World, dtype: str, count: int) -> str | None:
    buffer = _mine(world, dtype, count)
    world.torch.distributed.all_reduce(buffer, group=world.group)
    return exact_values.difference(world.torch, buffer, _sums(world, dtype, count))


def _broadcast(world: World, dtype: str, count: int) -> str | None:
    for root in sorted({0, world.size - 1}):
        buffer = _mine(world, dtype, count)
        world.torch.distributed.broadcast(buffer, root, group=world.group)
        wrong = exact_values.difference(world.torch, buffer, _of(world, root, dtype, count))
        if wrong:
            return f"from rank {root}: {wrong}"
    return None


def _all_gather(world: World, dtype: str, count: int) -> str | None:
    mine = _mine(world, dtype, count)
    parts = [world.torch.zeros_like(mine) for _ in range(world.size)]
    world.torch.distributed.all_gather(parts, mine, group=world.group)
    for rank, part in enumerate(parts):
        wrong = exact_values.difference(world.torch, part, _of(world, rank, dtype, count))
        if wrong:
            return f"part of rank {rank}: {wrong}"
    return None


def _reduce_scatter(world: World, dtype: str, count: int) -> str | None:
    parts = [_mine(world, dtype, count, part * count) for part in range(world.size)]
    buffer = world.torch.zeros_like(parts[0])
    world.torch.distributed.reduce_scatter(buffer, parts, group=world.group)
    return exact_values.difference(world.torch, buffer, _sums(world, dtype, count, world.rank * count))


_VERIFY: dict[str, Callable[[World, str, int], str | None]] = {
    "all_reduce": _all_reduce,
    "broadcast": _broadcast,
    "all_gather": _all_gather,
    "reduce_scatter": _reduce_scatter,
}
