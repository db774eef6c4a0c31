"""One rank of the collective job: exact results, timings and mapped libraries, in one JSON record.

Runs on a node in the training environment (torch, nothing else), started by torchrun once per
GPU with the settings as its one argument.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from trueup.collective.node import exact_values
from trueup.collective.node.collectives import (
    OPERATIONS,
    World,
    bus_factor,
    bytes_of,
    count_of,
    not_applicable,
    repeatable,
    verify,
)
from trueup.collective.node.device import every_gpu_has_bfloat16, start_rank
from trueup.collective.node.result_writer import ResultWriter, as_rank


def seconds_of(torch: Any, call: Callable[[], Any], device: str, iterations: int) -> list[float]:
    """Return the seconds of each iteration: CUDA events on a GPU, the monotonic clock on a CPU."""
    if device == "cpu":
        marks = [time.perf_counter()]
        for _ in range(iterations):
            call()
            marks.append(time.perf_counter())
        return [marks[i + 1] - marks[i] for i in range(iterations)]
    events = [torch.cuda.Event(enable_timing=True) for _ in range(iterations + 1)]
    events[0].record()
    for event in events[1:]:
        call()
        event.record()
    torch.cuda.synchronize()
    return [events[i].elapsed_time(events[i + 1]) / 1000 for i in range(iterations)]


def check(world: World, settings: dict[str, Any], bfloat16: bool, record: ResultWriter) -> None:
    """Check every operation, dtype and size once on distinct values, with one entry each in the record."""
    version = world.torch.__version__
    for operation in OPERATIONS:
        for dtype in settings["dtypes"]:
            why = not_applicable(operation, dtype, settings["backend"], version, bfloat16)
            for size in settings["sizes"]:
                count = count_of(operation, dtype, size, world.size)
                entry = {"operation": operation, "dtype": dtype, "count": count, "size": size}
                if why is None:
                    record.step(f"{operation} {dtype} {size} B")
                    why = _fits(dtype, world.size)
                wrong = verify(operation, world, dtype, count) if why is None else None
                outcome = "not_applicable" if why else "wrong" if wrong else "exact"
                record.facts["checks"].append({**entry, "outcome": outcome, "why": why or wrong})


def _fits(dtype: str, size: int) -> str | None:
    try:
        exact_values.modulus(dtype, size)
    except exact_values.NotExactError as error:
        return str(error)
    return None


def measure(world: World, settings: dict[str, Any], algorithm: str, record: ResultWriter) -> None:
    """Time every timed operation in float32 over all sizes, with one entry each in the record."""
    for operation in settings["timed"]:
        if not_applicable(operation, "float32", settings["backend"], world.torch.__version__, True):
            continue
        for size in settings["sizes"]:
            record.step(f"time {operation} {size} B {algorithm}")
            count = count_of(operation, "float32", size, world.size)
            call = repeatable(operation, world, "float32", count)
            moved = bytes_of(operation, "float32", count, world.size)
            entry = {"operation": operation, "size": size, "bytes": moved, "algorithm": algorithm}
            for _ in range(settings["warmups"]):
                call()
            for number in range(settings["rounds"]):
                world.torch.distributed.barrier(group=world.group)
                seconds = seconds_of(world.torch, call, world.device, settings["iterations"])
                rates = rates_of(operation, moved, seconds, world.size)
                record.facts["timings"].append({**entry, "round": number, **rates})


def rates_of(operation: str, moved: int, seconds: list[float], size: int) -> dict[str, float]:
    """Mean and best seconds, algorithm and bus bandwidth in GB/s (1e9) of one round, as nccl-tests defines them."""
    mean = sum(seconds) / len(seconds)
    algbw = moved / mean / 1e9
    return {"seconds": mean, "best": min(seconds), "algbw": algbw, "busbw": algbw * bus_factor(operation, size)}


def run(settings: dict[str, Any], record: ResultWriter) -> None:
    """Run the whole job of one rank; an error names the step in the record."""
    torch, rank, size, device = start_rank(settings, record)
    backend = settings["backend"]
    record.step("rendezvous")
    torch.distributed.init_process_group(backend, timeout=timedelta(seconds=settings["deadline_s"]))
    record.step("first collective")
    world = World(torch, rank, size, device)
    torch.distributed.barrier()
    bfloat16 = every_gpu_has_bfloat16(torch, device)
    check(world, settings, bfloat16, record)
    measure(world, settings, "own", record)
    if backend == "nccl":
        # NCCL reads NCCL_ALGO when a communicator is made, and a new group makes a new one.
        os.environ["NCCL_ALGO"] = "RING"
        measure(world._replace(group=torch.distributed.new_group()), settings, "ring", record)
    record.step("end")
    torch.distributed.barrier()


def main() -> None:
    """Run one rank of the job."""
    as_rank("rank", run, checks=[], timings=[])
