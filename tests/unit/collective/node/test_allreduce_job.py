"""One rank, with a torch that is stood in for by the few names that it asks: clocks, rates, NCCL's ring apart."""

import os
import sys
from collections.abc import Callable
from types import ModuleType
from types import SimpleNamespace as Fake
from typing import Any

import pytest

from trueup.collective.node import allreduce_job, device
from trueup.collective.node.collectives import World
from trueup.collective.node.result_writer import ResultWriter

SETTINGS = {"backend": "nccl", "ranks_per_node": 2, "deadline_s": 60, "sizes": [12, 1024], "dtypes": ["float32"]}
TIMED = {**SETTINGS, "timed": ["all_reduce"], "warmups": 3, "iterations": 5, "rounds": 3}


def record() -> ResultWriter:
    """An empty one that is never written."""
    return ResultWriter("rank", "/dev/null", 1, checks=[], timings=[])


def test_gpu_is_timed_by_its_own_events() -> None:
    """The host's clock would measure how fast work is queued."""
    done: list[str] = []

    class Event:
        """Two milliseconds after the one before."""

        clock = 0

        def __init__(self, enable_timing: bool) -> None:
            assert enable_timing

        def record(self) -> None:
            """On the stream."""
            Event.clock += 2
            self.at = Event.clock

        def elapsed_time(self, end: Any) -> float:
            """Milliseconds, as torch.cuda.Event."""
            assert done[-1] == "synchronized"
            return float(end.at - self.at)

    torch = Fake(cuda=Fake(Event=Event, synchronize=lambda: done.append("synchronized")))

    assert [0.002] * 3 == allreduce_job.seconds_of(torch, lambda: done.append("call"), "cuda:0", 3)
    assert ["call"] * 3 + ["synchronized"] == done


def test_cpu_is_timed_by_the_monotonic_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """One mark before, one after each call."""
    marks = iter([1.0, 1.5, 1.75])
    monkeypatch.setattr(allreduce_job, "time", Fake(perf_counter=lambda: next(marks)))

    assert [0.5, 0.25] == allreduce_job.seconds_of(None, lambda: None, "cpu", 2)


def test_rates_are_nccl_tests() -> None:
    """Four ranks: an all-reduce moves 1.5 times its buffer."""
    found = allreduce_job.rates_of("all_reduce", 1_000_000_000, [1.0, 3.0], 4)

    assert {"seconds": 2.0, "best": 1.0, "algbw": 0.5, "busbw": 0.75} == found


def test_every_size_is_timed_after_its_warm_ups(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first calls open connections, and read up to six times too low."""
    calls: list[str] = []

    def timed(_torch: Any, call: Callable[[], Any], _device: str, iterations: int) -> list[float]:
        calls.append("timed")
        return [0.1] * iterations

    monkeypatch.setattr(allreduce_job, "repeatable", lambda *_: lambda: calls.append("warm-up"))
    monkeypatch.setattr(allreduce_job, "seconds_of", timed)
    torch = Fake(__version__="2.0.1", distributed=Fake(barrier=lambda group: None))
    written = record()
    allreduce_job.measure(World(torch, 0, 4, "cuda:0"), TIMED, "ring", written)

    assert (["warm-up"] * 3 + ["timed"] * 3) * 2 == calls
    assert [(12, 0), (12, 1), (12, 2), (1024, 0), (1024, 1), (1024, 2)] == [
        (entry["size"], entry["round"]) for entry in written.facts["timings"]
    ]
    assert {"ring"} == {entry["algorithm"] for entry in written.facts["timings"]}


def ran(monkeypatch: pytest.MonkeyPatch, backend: str) -> list[tuple[str, Any, str | None]]:
    """What run measures on that backend: the algorithm's name, the group, and what NCCL would read."""
    distributed = Fake(
        init_process_group=lambda *_, **__: None, barrier=lambda: None, new_group=lambda: "a group of its own"
    )
    torch = ModuleType("torch")
    vars(torch).update(distributed=distributed, __version__="2.0.1")
    monkeypatch.setitem(sys.modules, "torch", torch)
    for name, value in (("RANK", "3"), ("WORLD_SIZE", "4"), ("LOCAL_RANK", "1"), ("NCCL_ALGO", "")):
        monkeypatch.setenv(name, value)
    measured: list[tuple[str, Any, str | None]] = []

    def measure(world: World, _settings: Any, algorithm: str, _record: ResultWriter) -> None:
        measured.append((algorithm, world.group, os.environ.get("NCCL_ALGO")))

    monkeypatch.setattr(allreduce_job, "measure", measure)
    monkeypatch.setattr(allreduce_job, "check", lambda *_: None)
    monkeypatch.setattr(device, "device_of", lambda *_: "cuda:1")
    monkeypatch.setattr(device, "facts_of", lambda *_: {"device": "cuda:1"})
    monkeypatch.setattr(allreduce_job, "every_gpu_has_bfloat16", lambda *_: True)
    allreduce_job.run({**TIMED, "backend": backend}, record())
    return measured


def test_nccl_s_ring_is_measured_in_a_group_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """NCCL reads NCCL_ALGO when a communicator is made: in the old group it would change nothing."""
    assert [("own", None, ""), ("ring", "a group of its own", "RING")] == ran(monkeypatch, "nccl")


def test_gloo_has_no_ring_to_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    """One way, measured once."""
    assert [("own", None, "")] == ran(monkeypatch, "gloo")
