"""What NVML says. Every value is {"v": value}, {"unsupported": why} or {"error": why}; never a made-up 0."""

import sys
import time
from functools import partial
from typing import Any, Callable, Dict, List

from trueup.gpu.node.sections import Unavailable

Answer = Dict[str, Any]
ABSENT = ("NVMLError_NotSupported", "NVMLError_FunctionNotFound", "NVMLError_ArgumentVersionMismatch")
SRAM, SRAM_OF_VOLTA = 7, (0, 1, 3)  # nvmlMemoryLocation_t: SRAM; L1 and L2 cache, register file
MOST_LINKS = 18  # nvml.h, NVML_NVLINK_MAX_LINKS
UNCORRECTED, VOLATILE, AGGREGATE = 1, 0, 1


def plain(value: Any) -> Any:
    """Bytes of an old nvidia-ml-py as text."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def ask(call: Callable[[], Any]) -> Answer:
    """One question; an attribute that this nvidia-ml-py does not have is unsupported too."""
    try:
        return {"v": plain(call())}
    except AttributeError as error:
        return {"unsupported": f"nvidia-ml-py: {error}"}
    except Exception as error:  # noqa: BLE001  (kept as an answer: the reader decides what it means)
        kind = "unsupported" if type(error).__name__ in ABSENT else "error"
        return {kind: f"{type(error).__name__}: {error}"}


def either(*calls: Callable[[], Any]) -> Answer:
    """The first call that is supported: newer name first, then the one that older drivers have."""
    answer: Answer = {}
    for call in calls:
        answer = ask(call)
        if "unsupported" not in answer:
            break
    return answer


def memory(nv: Any, gpu: Any) -> Answer:
    """[total, used] bytes; from driver 510 on, without what the driver keeps for itself."""

    def second() -> List[int]:
        info = nv.nvmlDeviceGetMemoryInfo(gpu, version=nv.nvmlMemory_v2)
        return [int(info.total), int(info.used)]

    def first() -> List[int]:
        info = nv.nvmlDeviceGetMemoryInfo(gpu)
        return [int(info.total), int(info.used)]

    return either(second, first)


def sram(nv: Any, gpu: Any) -> Answer:
    """Aggregate uncorrected errors of the on-chip memories; Volta counts them one by one."""

    def count(place: int) -> int:
        return int(nv.nvmlDeviceGetMemoryErrorCounter(gpu, UNCORRECTED, AGGREGATE, place))

    return either(lambda: count(SRAM), lambda: sum(count(place) for place in SRAM_OF_VOLTA))


def processes(nv: Any, gpu: Any) -> Answer:
    """Process ids that hold the GPU."""

    def pids() -> List[int]:
        found = nv.nvmlDeviceGetComputeRunningProcesses(gpu)
        return sorted({int(process.pid) for process in found})

    return ask(pids)


def links(nv: Any, gpu: Any) -> Answer:
    """Whether each NVLink is up; the first index that is no link's ends the list."""
    found: List[int] = []
    for link in range(MOST_LINKS):
        answer = ask(partial(nv.nvmlDeviceGetNvLinkState, gpu, link))
        if "v" not in answer:
            past_the_last = "InvalidArgument" in str(answer) and found
            return {"v": found} if past_the_last else answer
        found.append(int(answer["v"]))
    return {"v": found}


def link_errors(nv: Any, gpu: Any, up: List[int]) -> Answer:
    """Replays, recoveries and CRC errors on the links that are up."""
    active = [link for link, is_up in enumerate(up) if is_up]
    return ask(lambda: sum(int(nv.nvmlDeviceGetNvLinkErrorCounter(gpu, link, k)) for link in active for k in (0, 1, 2)))


def retired(nv: Any, gpu: Any) -> Answer:
    """[after two single-bit errors, after a double-bit error] pages."""
    return ask(lambda: [len(nv.nvmlDeviceGetRetiredPages(gpu, cause)) for cause in (0, 1)])


def reasons(nv: Any, gpu: Any) -> Answer:
    """The bits of nvmlClocksEventReasons, under the name that this driver has."""
    return either(
        lambda: int(nv.nvmlDeviceGetCurrentClocksEventReasons(gpu)),
        lambda: int(nv.nvmlDeviceGetCurrentClocksThrottleReasons(gpu)),
    )


def call_by_name(nv: Any, name: str, *arguments: Any) -> Any:
    """nv.name(*arguments), looked up only now: an older nvidia-ml-py may not have it."""
    return getattr(nv, name)(*arguments)


def device(nv: Any, index: int) -> Dict[str, Any]:
    """Everything about one GPU; without a handle only the reason why."""
    try:
        gpu = nv.nvmlDeviceGetHandleByIndex(index)
    except Exception as error:  # noqa: BLE001  (a GPU that fell off the bus says so here)
        return {"index": index, "lost": f"{type(error).__name__}: {error}"}
    asked = {name: ask(partial(call_by_name, nv, "nvmlDeviceGet" + call, gpu)) for name, call in CALLS.items()}
    asked["pci"] = ask(lambda: plain(nv.nvmlDeviceGetPciInfo(gpu).busId))
    asked["pci_id"] = ask(lambda: format(nv.nvmlDeviceGetPciInfo(gpu).pciDeviceId >> 16, "04x"))
    asked["capability"] = ask(lambda: ".".join(map(str, nv.nvmlDeviceGetCudaComputeCapability(gpu))))
    asked["inforom_valid"] = ask(lambda: nv.nvmlDeviceValidateInforom(gpu) is None)
    asked["ecc_mode"] = ask(lambda: list(nv.nvmlDeviceGetEccMode(gpu)))
    asked["ecc_volatile"] = ask(lambda: nv.nvmlDeviceGetTotalEccErrors(gpu, UNCORRECTED, VOLATILE))
    asked["remapped"] = ask(lambda: list(map(int, nv.nvmlDeviceGetRemappedRows(gpu))))
    asked["clock_sm"] = ask(lambda: nv.nvmlDeviceGetMaxClockInfo(gpu, 1))
    asked["clock_memory"] = ask(lambda: nv.nvmlDeviceGetMaxClockInfo(gpu, 2))
    asked.update(sram=sram(nv, gpu), memory=memory(nv, gpu), processes=processes(nv, gpu), links=links(nv, gpu))
    asked["link_errors"] = link_errors(nv, gpu, asked["links"].get("v", []))
    asked.update(retired=retired(nv, gpu), reasons=reasons(nv, gpu), reasons_again=reasons(nv, gpu))
    asked["replays_again"] = ask(lambda: nv.nvmlDeviceGetPcieReplayCounter(gpu))
    return dict(asked, index=index)


CALLS = {
    "name": "Name",
    "uuid": "UUID",
    "serial": "Serial",
    "vbios": "VbiosVersion",
    "inforom": "InforomImageVersion",
    "persistence": "PersistenceMode",
    "retired_pending": "RetiredPagesPendingStatus",
    "width": "CurrPcieLinkWidth",
    "width_max": "MaxPcieLinkWidth",
    "generation": "CurrPcieLinkGeneration",
    "generation_max": "MaxPcieLinkGeneration",
    "pstate": "PerformanceState",
    "replays": "PcieReplayCounter",
    "power_limit": "EnforcedPowerLimit",
    "power_default": "PowerManagementDefaultLimit",
}


def nvml() -> Dict[str, Any]:
    """The library, its versions, and every GPU that it counts."""
    try:
        import pynvml as nv
    except ImportError as error:
        raise Unavailable(f"no nvidia-ml-py under {sys.executable}: {error}")  # noqa: B904  (the text holds it)
    began = time.monotonic()
    try:
        nv.nvmlInit()
    except Exception as error:  # noqa: BLE001  (an answer too: no library, no driver, or a mismatch, error 18)
        code = getattr(error, "value", None)
        return {"init_error": f"{type(error).__name__}: {error}", "init_code": code}
    asked = {
        "driver": ask(lambda: nv.nvmlSystemGetDriverVersion()),
        "library": ask(lambda: nv.nvmlSystemGetNVMLVersion()),
        "count": ask(lambda: nv.nvmlDeviceGetCount()),
    }
    gpus = [device(nv, index) for index in range(asked["count"].get("v", 0))]
    return dict(asked, gpus=gpus, seconds=round(time.monotonic() - began, 3))
