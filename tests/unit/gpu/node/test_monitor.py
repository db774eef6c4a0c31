"""trueup.gpu.node.monitor: what it sees from a job's beginning to its end, asked of the lab's stand-in and of none."""

from collections.abc import Callable, Iterator
from typing import Any

from trueup.gpu.node.monitor import watch


class NVMLError_GpuIsLost(Exception):  # noqa: N801  (nvidia-ml-py's own name)
    """As nvidia-ml-py raises it."""


class FakeNvml:
    """An NVML of one GPU that answers in order, and then the last again."""

    def __init__(self, reasons: list[Any], replays: list[Any], handle: Any = 7) -> None:
        self.answers = {"reasons": reasons, "replays": replays}
        self.handle = handle

    def _next(self, what: str) -> Any:
        left = self.answers[what]
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        return 1

    def nvmlDeviceGetHandleByIndex(self, _index: int) -> Any:  # noqa: N802
        if isinstance(self.handle, Exception):
            raise self.handle
        return self.handle

    def nvmlDeviceGetUUID(self, _gpu: object) -> str:  # noqa: N802
        return "GPU-1"

    def nvmlDeviceGetPcieReplayCounter(self, _gpu: object) -> int:  # noqa: N802
        return int(self._next("replays"))

    def nvmlDeviceGetCurrentClocksEventReasons(self, _gpu: object) -> int:  # noqa: N802
        return int(self._next("reasons"))


def after(samples: int) -> Callable[[float], bool]:
    """A job that is over after so many looks."""
    steps: Iterator[bool] = iter([False] * (samples - 2) + [True])
    return lambda _seconds: next(steps)


def watched(nvml: FakeNvml, samples: int = 6) -> dict[str, Any]:
    """What is told of the one GPU."""
    (gpu,) = watch(nvml, after(samples))["gpus"]
    return dict(gpu)


def test_each_beginning_of_a_slowdown_is_an_event() -> None:
    """Idle and the power cap are ordinary life; two dips are two events in three looks."""
    found = watched(FakeNvml([0x1, 0x41, 0x40, 0x4, 0x80, 0x1], [5]))

    assert {"v": {"samples": 6, "slow": 3, "events": 2, "bits": 0xC0}} == found["pace"]


def test_replays_are_counted_from_the_first_sample_to_the_last() -> None:
    """What was there before the job is none of it."""
    assert {"v": [5, 9]} == watched(FakeNvml([1], [5, 5, 6, 9]))["replays"]


def test_a_gpu_that_falls_off_during_the_job_has_no_answer() -> None:
    """What it had said before stands for nothing, and a later answer does not make it good."""
    found = watched(FakeNvml([1, NVMLError_GpuIsLost("lost"), 1], [5, NVMLError_GpuIsLost("lost")]))

    assert {"error": "NVMLError_GpuIsLost: lost"} == found["pace"] == found["replays"]


def test_a_gpu_without_a_handle_is_lost() -> None:
    """Its neighbours are watched all the same."""
    assert {"index": 0, "lost": "NVMLError_GpuIsLost: lost"} == watched(FakeNvml([1], [5], NVMLError_GpuIsLost("lost")))


def test_even_the_shortest_job_is_sampled_twice() -> None:
    """Once at its beginning, once at its end."""
    assert 2 == watched(FakeNvml([1], [5]), samples=2)["pace"]["v"]["samples"]
