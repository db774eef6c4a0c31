"""The kernel's log of this boot: what the driver reported, and what befell the host."""

import re
from collections import Counter

from trueup.gpu.expected import ExpectedGpus
from trueup.gpu.findings import REBOOT, REPLACE, RESEAT, Findings, blind, fault, note, whole_node
from trueup.gpu.schema import Probe

_XID = re.compile(r"NVRM: Xid \((?:PCI:)?([0-9A-Fa-f:.]+)\): (\d+)")
# NVIDIA's XID catalogue; the fatal ones are those that Azure, gpud and imbue take a node out for.
FATAL_XIDS = {
    48: ("double-bit ECC error", f"drain the node and {REBOOT}"),
    62: ("internal micro-controller halt", f"drain the node and {REBOOT}"),
    63: ("a row or page was taken out of use", f"drain the node and {REBOOT}, so that it takes effect"),
    64: ("a row or page could not be taken out of use", REPLACE),
    74: ("NVLink error", "drain the node and reseat the bridge"),
    79: ("fallen off the bus", RESEAT),
    92: ("many single-bit ECC errors", REPLACE),
    94: ("contained ECC error", f"drain the node and {REBOOT}"),
    95: ("uncontained ECC error", f"drain the node and {REBOOT}"),
    119: ("the GPU's own processor (GSP) timed out", f"drain the node and {REBOOT}"),
    120: ("the GPU's own processor (GSP) failed", f"drain the node and {REBOOT}"),
}
# The same catalogue: faults of the program that ran, not of the node.
APPLICATION_XIDS = (13, 31, 43, 45)
_DISK = "back up, then see smartctl -a and the cables; replace the disk"
HOST_FAULTS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"soft lockup"), "soft lockup", f"drain the node and {REBOOT}"),
    (
        re.compile(r"blocked for more than \d+ seconds"),
        "hung task",
        "see what it waited for: disk or network mount",
    ),
    (re.compile(r"[Rr]emounting filesystem read-only"), "read-only remount", _DISK),
    (re.compile(r"nvme\S* .*timeout"), "NVMe timeout", _DISK),
    (re.compile(r"I/O error"), "I/O error", _DISK),
    (
        re.compile(r"(?<!cgroup )[Oo]ut of memory"),
        "out of memory",
        "see who took the memory; lower the data workers",
    ),
)


@whole_node
def xids(probe: Probe, declared: ExpectedGpus) -> Findings:
    """No XID of the hardware in the kernel's log since this boot; an earlier boot's are history.

    Where no driver is loaded nobody writes one, and their absence says nothing.
    """
    log = probe.kernel.known()
    if not probe.module.known().version:
        yield blind("no driver is loaded that would report one", "see the check of module and userland")
    found = Counter((match[1], int(match[2])) for line in log.lines if (match := _XID.search(line)))
    boot = probe.about.boot_id
    for (card, xid), times in sorted(found.items()):
        seen = f"XID {xid} x{times} on {card} in boot {boot}"
        if xid in FATAL_XIDS:
            meaning, do = FATAL_XIDS[xid]
            yield fault("no XID of the hardware since boot", f"{seen}: {meaning}", do)
        elif xid in APPLICATION_XIDS:
            yield note("no XIDs", f"{seen}: a program's own fault", "look at the job that ran")
        else:
            yield note("no XIDs", seen, "look it up in NVIDIA's XID catalogue")


@whole_node
def host_faults(probe: Probe, declared: ExpectedGpus) -> Findings:
    """Nothing in the kernel's log of this boot that makes a long job fail later."""
    lines = probe.kernel.known().lines
    for pattern, name, do in HOST_FAULTS:
        hits = [line for line in lines if pattern.search(line)]
        if hits:
            yield fault(f"no {name} since boot", f"{len(hits)}, the last: {hits[-1]}", do)
