"""The GPUs while a job runs on them: what slowed them down, and what their links had to send again.

Runs beside the job, on the environment's own Python, until its standard input is closed; then it prints one
JSON document. It only asks.
"""

import json
import select
import sys
import time
from functools import partial
from typing import Any, Callable, Dict, List

from trueup.gpu.node.nvml import ask, call_by_name, reasons

STEP_S = 0.2
# nvml.h, nvmlClocksEventReasons: hardware slowdown, thermal ones by software and by hardware, power brake.
SLOW = 0x08 | 0x20 | 0x40 | 0x80


def begin(nv: Any, index: int) -> Dict[str, Any]:
    """A GPU before the first look at it; without a handle only the reason why."""
    try:
        gpu = nv.nvmlDeviceGetHandleByIndex(index)
    except Exception as error:  # noqa: BLE001  (a GPU that fell off the bus says so here)
        return {"index": index, "lost": f"{type(error).__name__}: {error}"}
    uuid = ask(partial(call_by_name, nv, "nvmlDeviceGetUUID", gpu))
    pace = {"v": {"samples": 0, "slow": 0, "events": 0, "bits": 0}}
    return {"index": index, "gpu": gpu, "uuid": uuid, "pace": pace, "replays": None, "was": False}


def sample(nv: Any, watched: Dict[str, Any]) -> None:
    """One more look at it; an answer that fails stays as the answer."""
    if "gpu" not in watched:
        return
    replays = ask(partial(call_by_name, nv, "nvmlDeviceGetPcieReplayCounter", watched["gpu"]))
    first = (watched["replays"] or replays).get("v")
    watched["replays"] = (
        {"v": [first[0] if isinstance(first, list) else first, replays["v"]]} if "v" in replays else replays
    )
    answer = reasons(nv, watched["gpu"])
    if "v" not in answer or "v" not in watched["pace"]:
        watched["pace"] = watched["pace"] if "v" not in watched["pace"] else answer
        return
    slow = bool(answer["v"] & SLOW)
    pace = watched["pace"]["v"]
    pace["samples"] += 1
    pace["slow"] += slow
    pace["events"] += slow and not watched["was"]
    pace["bits"] |= answer["v"] & SLOW
    watched["was"] = slow


def watch(nv: Any, over: Callable[[float], bool]) -> Dict[str, Any]:
    """Looks until it is over, and once more then; over: waits so many seconds for the end."""
    began = time.monotonic()
    gpus: List[Dict[str, Any]] = [begin(nv, index) for index in range(nv.nvmlDeviceGetCount())]
    last = False
    while True:
        for watched in gpus:
            sample(nv, watched)
        if last:
            break
        last = over(STEP_S)
    reports = [{name: value for name, value in watched.items() if name not in ("gpu", "was")} for watched in gpus]
    return {"seconds": round(time.monotonic() - began, 3), "gpus": reports}


def closed(seconds: float) -> bool:
    """Whether standard input was closed within them: by whoever started this, or by their end."""
    return bool(select.select([sys.stdin], [], [], seconds)[0])


def main() -> None:
    """What the job's agent starts."""
    try:
        import pynvml as nv

        nv.nvmlInit()
        answer: Dict[str, Any] = {"state": "looked", "value": watch(nv, closed)}
    except Exception as error:  # noqa: BLE001  (reported as it is: this is the outermost frame of a process)
        answer = {"state": "cannot", "why": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(answer))
