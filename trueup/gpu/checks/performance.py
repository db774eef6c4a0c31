"""Speed: nothing slows the GPUs down, they may run as fast as their model, and nobody else uses them."""

from trueup.gpu.expected import ExpectedGpus
from trueup.gpu.findings import Findings, each_gpu, fault, note
from trueup.gpu.schema import Gpu

# nvml.h, nvmlClocksEventReasons; idle, application clocks and the power cap under load are ordinary life.
SLOWDOWNS = {
    0x08: "hardware slowdown",
    0x20: "software thermal slowdown",
    0x40: "hardware thermal slowdown",
    0x80: "power brake",
}
COOL = "see the fans, the air flow and the power supply of the node"
MIB = 1 << 20
# Facebook's gcm: what an idle GPU holds without a process.
IDLE_MIB = 15


def words(bits: int) -> str:
    """What slows it down, of those bits."""
    return ", ".join(word for bit, word in SLOWDOWNS.items() if bits & bit)


@each_gpu
def slowdown(gpu: Gpu, declared: ExpectedGpus) -> Findings:
    """No slowdown by heat or power, seen twice; one that was gone at the second look is only noted."""
    first, second = gpu.reasons.known(), gpu.reasons_again.known()
    if words(first & second):
        yield fault("no slowdown", words(first & second), COOL)
    elif words(first | second):
        yield note("no slowdown", f"for a moment: {words(first | second)}", COOL)


@each_gpu
def limits(gpu: Gpu, declared: ExpectedGpus) -> Findings:
    """The model's own highest clocks, and a power limit that nobody lowered."""
    clocks = (gpu.clock_sm.known(), gpu.clock_memory.known())
    expected = (declared.clock_sm_mhz, declared.clock_memory_mhz)
    if clocks != expected:
        text = "{} MHz SM, {} MHz memory at most"
        say = fault if declared.clocks_sure else note
        yield say(text.format(*expected), text.format(*clocks), "nvidia-smi -rgc and -rmc on the node")
    enforced, default = gpu.power_limit.known(), gpu.power_default.known()
    if enforced != default:
        found = f"{enforced / 1000:g} W"
        yield fault(f"a power limit of {default / 1000:g} W", found, f"nvidia-smi -pl {default // 1000} on the node")


@each_gpu
def persistence(gpu: Gpu, declared: ExpectedGpus) -> Findings:
    """The driver stays loaded between jobs; otherwise every start pays for it and error counters are lost."""
    if not gpu.persistence.known():
        yield fault(
            "persistence on", "off", "converge the driver component (systemctl enable --now nvidia-persistenced)"
        )


@each_gpu
def no_other_process(gpu: Gpu, declared: ExpectedGpus) -> Findings:
    """In an idle window nobody holds the GPU: a stray process takes memory and time from the job."""
    strays = gpu.processes.known()
    if strays:
        found = ", ".join(f"process {pid}" for pid in strays)
        yield fault("no process on an idle GPU", found, "ps -fp on the node; wait if it is a job, end it if a stray")
        return
    used = gpu.memory.known()[1] / MIB
    if used > IDLE_MIB:
        yield fault(f"at most {IDLE_MIB} MiB in use", f"{used:.0f} MiB without a process", "drain and reset the GPU")
