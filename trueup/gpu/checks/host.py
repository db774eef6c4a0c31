"""The host around the GPUs: disks, memory, processors."""

from trueup.gpu.expected import ExpectedGpus
from trueup.gpu.findings import Findings, blind, fault, note, whole_node
from trueup.gpu.schema import Mount, Probe

# gcm and imbue: percent in use.
DISK_WARN, DISK_END = 85, 95
# nhc and Azure: the firmware and the kernel keep a part for themselves.
MEMORY_TOLERANCE = 0.05
SWAP_LEFT = 0.10
KIB_PER_GIB = 1 << 20


def _percent(used_and_free: tuple[int, int]) -> float:
    """As df(1) counts it."""
    used, free = used_and_free
    return 100 * used / (used + free) if used else 0.0


def _space(where: str, mount: Mount) -> Findings:
    if not mount.writable:
        yield fault(f"{where} writable", "read-only", "see the kernel log for its reason; fsck, then remount")
    for name, used in (("space", _percent(mount.bytes)), ("inodes", _percent(mount.inodes))):
        found = f"{used:.0f} % in use"
        if used >= DISK_END:
            yield fault(f"less than {DISK_END} % of {where}'s {name} in use", found, f"free {name} on {where}")
        elif used >= DISK_WARN:
            yield note(f"less than {DISK_WARN} % of {where}'s {name} in use", found, f"free {name} on {where} soon")


@whole_node
def disks(probe: Probe, declared: ExpectedGpus) -> Findings:
    """Local file systems are writable and have room: a checkpoint that cannot be written is a lost day."""
    mounts = probe.disks.known().mounts
    if "/" not in mounts:
        yield blind(f"no local file system at /, only {sorted(mounts)}", "see /proc/mounts on the node")
    for where, mount in sorted(mounts.items()):
        yield from _space(where, mount)


@whole_node
def memory(probe: Probe, declared: ExpectedGpus) -> Findings:
    """As much memory as declared: a module that failed its test is simply missing after a reboot."""
    found = probe.memory.known().total / KIB_PER_GIB
    if declared.memory_gib is not None and abs(found - declared.memory_gib) > MEMORY_TOLERANCE * declared.memory_gib:
        expected = f"{declared.memory_gib} GiB of memory, +-{MEMORY_TOLERANCE:.0%}"
        yield fault(expected, f"{found:.1f} GiB", "reseat the memory modules, or mend memory_gib in inventory.py")


@whole_node
def swap(probe: Probe, declared: ExpectedGpus) -> Findings:
    """Swap is not eaten up: the next allocation would meet the out-of-memory killer."""
    seen = probe.memory.known()
    if seen.swap_total and seen.swap_free < SWAP_LEFT * seen.swap_total:
        found = f"{seen.swap_free} of {seen.swap_total} KiB free"
        yield fault(f"at least {SWAP_LEFT:.0%} of the swap free", found, "see who took the memory; end it")


@whole_node
def governor(probe: Probe, declared: ExpectedGpus) -> Findings:
    """Where the kernel scales processors at all, it does so for speed: input pipelines feel it first."""
    governors = probe.processors.known().governors
    if not governors:
        yield note("the performance governor", "a kernel that does not scale frequencies", "nothing: as in a guest")
    elif governors != ("performance",):
        yield fault("the performance governor", ", ".join(governors), "cpupower frequency-set -g performance")


@whole_node
def numa(probe: Probe, declared: ExpectedGpus) -> Findings:
    """As many NUMA nodes as declared: a changed BIOS setting moves memory away from the GPUs."""
    found = probe.processors.known().numa_nodes
    if found != declared.numa_nodes:
        yield fault(f"{declared.numa_nodes} NUMA nodes", found, "see the BIOS (nodes per socket), or mend numa_nodes")
