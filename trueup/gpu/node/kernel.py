"""The kernel's log since this boot, and what /proc and /sys say about the driver and the PCI devices."""

import glob
import os
import re
import subprocess
from typing import Any, Dict, List, Optional

from trueup.gpu.node.sections import Unavailable

# A first, wide sieve, so that a log of a week stays small on the wire; the reader judges.
SIEVE = re.compile(
    "NVRM|soft lockup|blocked for more than|hung_task|[Rr]emount|I/O error|nvme|"
    "[Oo]ut of memory|oom-kill|oom_reaper|Machine check|mce:|pcieport|AER"
)
MOST = 2000
NVIDIA = "0x10de"
# The firmware's own variable: four bytes of attributes, then 1 where Secure Boot is on.
SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


def text_of(path: str) -> Optional[str]:
    """A small file's text without its last newline; None where there is none, or it may not be read."""
    try:
        with open(path, errors="replace") as file:
            return file.read(1 << 20).strip()
    except OSError:
        return None


def lines_of(command: List[str]) -> List[str]:
    """What a log reader prints; nothing where it is missing or refused."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return []
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("-- ")] if done.returncode == 0 else []


def kernel() -> Dict[str, Any]:
    """The lines of this boot that may matter, the last MOST of them, and how many lines there were in all."""
    readers = (["journalctl", "-k", "-b", "-q", "--no-pager", "-o", "short-monotonic"], ["dmesg"])
    for command in readers:
        lines = lines_of(command)
        if lines:
            kept = [line[:500] for line in lines if SIEVE.search(line)]
            first = lines[0][:200]
            return {"reader": command[0], "first": first, "read": len(lines), "lines": kept[-MOST:]}
    raise Unavailable("neither journalctl -k -b nor dmesg shows one kernel line of this boot to this account")


def secure_boot() -> Optional[bool]:
    """Whether the firmware loads signed modules only; None where there is no such firmware, or it cannot be read."""
    try:
        with open(SECURE_BOOT, "rb") as variable:
            return variable.read(5)[4:] == b"\1"
    except OSError:
        return None


def module() -> Dict[str, Any]:
    """The loaded kernel module's own words, the modules that are loaded, and whether an unsigned one may be."""
    listed = text_of("/proc/modules")
    loaded: Optional[List[str]] = None
    if listed is not None:
        loaded = [line.split()[0] for line in listed.splitlines() if line]
    elif os.path.isdir("/sys/module"):
        loaded = os.listdir("/sys/module")
    names = None if loaded is None else sorted(set(loaded) & {"nouveau", "nvidia", "nvidia_drm", "nvidia_uvm"})
    words = text_of("/proc/driver/nvidia/version")
    return {"version": words, "loaded": names, "secure_boot": secure_boot()}


def pci() -> Dict[str, Any]:
    """Every NVIDIA display controller on the bus, seen without the driver."""
    if not os.path.isdir("/sys/bus/pci/devices"):
        raise Unavailable("there is no /sys/bus/pci/devices")
    found = []
    for place in sorted(glob.glob("/sys/bus/pci/devices/*")):
        kind = text_of(place + "/class") or ""
        if text_of(place + "/vendor") == NVIDIA and kind.startswith("0x03"):
            names = ("device", "numa_node", "current_link_width", "current_link_speed", "max_link_speed")
            values = {name: text_of(place + "/" + name) for name in names}
            found.append(dict(values, address=os.path.basename(place)))
    return {"devices": found}
