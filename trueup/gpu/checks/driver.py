"""The driver: it answers, all its parts are one version, the declared one, and nouveau is away."""

import re

from trueup.gpu.errors import NoAnswer
from trueup.gpu.expected import ExpectedGpus
from trueup.gpu.findings import REBOOT, Findings, answering, blind, fault, whole_node
from trueup.gpu.schema import Probe

# nvml.h, nvmlReturn_t.
LIBRARY_NOT_FOUND, DRIVER_NOT_LOADED, MISMATCH = 12, 9, 18
_DO = {LIBRARY_NOT_FOUND: "converge the driver component"}
LOAD = f"modprobe nvidia; {REBOOT} if that does not help; see dkms status"
ENROLL = (
    "Secure Boot is on, and the firmware refuses a module whose key nobody enrolled, which cannot be done over ssh: "
    "at the console, mokutil --import the key of DKMS and confirm it at the next boot"
)
_VERSION = re.compile(r"NVRM version: NVIDIA UNIX\s+(?P<text>.*?)\s{2,}(?P<version>\d+(?:\.\d+)+)\s")


def module_version(text: str) -> tuple[str, str]:
    """(version, "open" or "proprietary") from /proc/driver/nvidia/version; raises NoAnswer for other words."""
    first = text.splitlines()[0] if text else ""
    found = _VERSION.search(first + " ")
    if found is None:
        raise NoAnswer(f"/proc/driver/nvidia/version says {first!r}")
    return found["version"], "open" if "Open Kernel Module" in found["text"] else "proprietary"


def _to_load(probe: Probe) -> str:
    """What to do about a module that is not loaded."""
    return ENROLL if probe.module.value and probe.module.value.secure_boot else LOAD


@whole_node
def answers(probe: Probe, declared: ExpectedGpus) -> Findings:
    """NVML starts and answers in time."""
    if probe.nvml.state == "hung":
        yield fault(
            "an answer of NVML in time",
            f"none after {probe.nvml.after_s} s; the look was killed",
            f"see the kernel log for XIDs, drain the node and {REBOOT}",
        )
        return
    nvml = probe.nvml.known()
    if nvml.init_code == MISMATCH:
        yield blind(nvml.init_error, "see the check of module and userland")
    elif nvml.init_error is not None:
        code = nvml.init_code if nvml.init_code is not None else -1
        do = {**_DO, DRIVER_NOT_LOADED: _to_load(probe)}.get(code, f"see the kernel log, then {REBOOT}")
        yield fault("an NVML that starts", nvml.init_error, do)


@whole_node
def one_version(probe: Probe, declared: ExpectedGpus) -> Findings:
    """Kernel module, userland and the declared branch agree; after an update without a reboot they do not."""
    text = probe.module.known().version
    if not text:
        yield fault(
            f"the nvidia module of branch {declared.branch} loaded",
            "no /proc/driver/nvidia/version",
            f"{_to_load(probe)}; converge the driver component where none is installed",
        )
        return
    loaded, _ = module_version(text)
    if loaded.split(".")[0] != declared.branch:
        yield fault(
            f"a kernel module of branch {declared.branch}", loaded, f"converge the driver component, then {REBOOT}"
        )
    if probe.nvml.known().init_code == MISMATCH:
        error = probe.nvml.known().init_error
        yield fault(f"a userland of {loaded}, like the loaded module", error, f"{REBOOT}: it was updated without")
        return
    userland = answering(probe).driver.known()
    if userland != loaded:
        yield fault(f"a userland of {loaded}, like the loaded module", userland, REBOOT)


@whole_node
def flavour(probe: Probe, declared: ExpectedGpus) -> Findings:
    """The proprietary or the open kernel modules, as declared: Volta has no open ones."""
    _, found = module_version(probe.module.known().version or "")
    if found != declared.modules:
        yield fault(f"the {declared.modules} kernel modules", found, f"converge the driver component, then {REBOOT}")


@whole_node
def nouveau(probe: Probe, declared: ExpectedGpus) -> Findings:
    """nouveau is not loaded: it would hold the cards that the driver needs."""
    loaded = probe.module.known().loaded
    if loaded is None:
        yield blind("neither /proc/modules nor /sys/module", "mount /proc and /sys")
    elif "nouveau" in loaded:
        yield fault("no nouveau", "it is loaded", f"converge the driver component, then {REBOOT}")
