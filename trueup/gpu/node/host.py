"""Disks, memory, processors: what a training job needs of the host beside its GPUs."""

import glob
import os
import re
from typing import Any, Dict, List

from trueup.gpu.node.kernel import text_of
from trueup.gpu.node.sections import Unavailable

# Local file systems that hold data; a dead network mount would hold the look up, and is not this node's disk.
KINDS = ("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "overlay")


def disks() -> Dict[str, Any]:
    """Every local file system: bytes and inodes, used and free for anybody, and whether it is writable.

    A folder of a file system that is mounted once more (a bind) is none of its own, and may well be read-only.
    """
    mounts = text_of("/proc/self/mountinfo")
    if mounts is None:
        raise Unavailable("/proc/self/mountinfo cannot be read")
    found: Dict[str, Any] = {}
    for line in mounts.splitlines():
        head, _, tail = line.partition(" - ")
        root, where, options = head.split()[3:6]
        kind, source, of_all = (tail + " -").split(" ", 2)
        where = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal.group(1), 8)), where)
        if kind not in KINDS or (where != "/" and (kind == "overlay" or (root != "/" and kind != "btrfs"))):
            continue
        see = os.statvfs(where)
        found[where] = {
            "source": source,
            "kind": kind,
            "writable": "ro" not in options.split(",") + of_all.split()[0].split(","),
            "bytes": [(see.f_blocks - see.f_bfree) * see.f_frsize, see.f_bavail * see.f_frsize],
            "inodes": [see.f_files - see.f_ffree, see.f_favail],
        }
    return {"mounts": found}


def memory_of_host() -> Dict[str, Any]:
    """KiB, as /proc/meminfo counts."""
    text = text_of("/proc/meminfo")
    if text is None:
        raise Unavailable("/proc/meminfo cannot be read")
    pairs = dict(re.findall(r"(?m)^(\w+):\s+(\d+) kB$", text))
    names = ("MemTotal", "MemAvailable", "SwapTotal", "SwapFree")
    return {name: int(pairs[name]) for name in names if name in pairs}


def processors() -> Dict[str, Any]:
    """Governors (none where the kernel has no cpufreq: a virtual machine), NUMA nodes, logical processors."""
    governors = {text_of(path) for path in glob.glob("/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor")}
    nodes = glob.glob("/sys/devices/system/node/node[0-9]*")
    drivers: List[str] = sorted(name for name in governors if name)
    return {"governors": drivers, "numa_nodes": len(nodes), "processors": os.cpu_count()}
