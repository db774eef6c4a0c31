"""Breaks of the driver's software, of the kernel's log, and of the host around the GPUs."""

from shlex import quote

from lab.mutations.gpu import OF_ALL, OF_ALL_V100S
from lab.mutations.model import Mutation

_XIDS = "driver/no_fatal_xid_since_boot"
_LOADED = "/proc/driver/nvidia/version"
_HOST = "driver/no_host_fault_since_boot"
_MEMORY = "/run/trueup-lab-memory"
_SWAP = "s/^SwapTotal:.*/SwapTotal: 8388608 kB/; s/^SwapFree:.*/SwapFree: 102400 kB/"


def _log(
    name: str, cause: str, message: str, red: str = "", *, note: str = "", node: str = "node1", when: str = "now"
) -> Mutation:
    file = f"/var/log/journal/*/lab-{name}.journal"
    return Mutation(
        name=name,
        cause=cause,
        node=node,
        breaks=(f"lab-kernel-log {name} {when} {quote(message)}",),
        shows=f"ls {file} >/dev/null",
        reds=(red,) if red else (),
        notes=(note,) if note else (),
        heals=False,
        mends=(f"rm -f {file}",),
    )


def _xid(number: int, words: str) -> str:
    return f"NVRM: Xid (PCI:0000:3b:00): {number}, pid='<unknown>', name=<unknown>, {words}"


LOGS = (
    _log("gpu-xid-48", "A double-bit error.", _xid(48, "DBE (double bit error)"), _XIDS),
    _log("gpu-xid-79", "A card fell off and came back.", _xid(79, "GPU has fallen off the bus."), _XIDS, node="node2"),
    _log("gpu-xid-119", "The GPU's firmware hung.", _xid(119, "Timeout after 6s of waiting for RPC response"), _XIDS),
    _log("control-gpu-xid-before", "It was mended by a reboot.", _xid(79, "fallen off the bus."), when="before"),
    _log("control-gpu-xid-13", "A kernel read out of bounds.", _xid(13, "Graphics Exception"), note=_XIDS),
    _log("host-oom", "Too many data workers.", "Out of memory: Killed process 4711 (python)", _HOST),
    _log("host-hung-task", "A network mount died.", "INFO: task python:4711 blocked for more than 120 seconds.", _HOST),
    _log("host-io-error", "A disk dies.", "I/O error, dev sda, sector 4711 op 0x0:(READ)", _HOST, node="node2"),
    _log("host-nvme-timeout", "A disk dies.", "nvme nvme0: I/O 12 QID 4 timeout, aborting", _HOST),
    _log("host-soft-lockup", "A driver spins.", "watchdog: BUG: soft lockup - CPU#3 stuck for 26s!", _HOST),
    _log("host-remount", "A disk dies.", "EXT4-fs (sda1): Remounting filesystem read-only", _HOST),
    _log(
        "control-host-cgroup-oom",
        "A job met its own memory limit.",
        "Memory cgroup out of memory: Killed process 4711 (python)",
    ),
)

SOFTWARE = (
    Mutation(
        name="driver-removed",
        cause="Packages were purged by a pattern that matched too much.",
        node="node1",
        breaks=("dpkg --force-hold --remove cuda-drivers-580 libnvidia-ml1",),
        shows="! ls /usr/lib/*/libnvidia-ml.so.1 2>/dev/null",
        reds=("driver/nvml_answers",),
        blind=("driver/module_and_userland_are_one_version", *OF_ALL),
        plan=("driver | packages",),
        heals=True,
    ),
    Mutation(
        name="driver-unheld",
        cause="apt-mark unhold, to try a newer driver.",
        node="node1",
        breaks=("apt-mark unhold libnvidia-ml1",),
        shows="! apt-mark showhold | grep -qx libnvidia-ml1",
        reds=("driver/driver_packages_are_held",),
        plan=("driver | held from upgrades",),
        heals=True,
    ),
    Mutation(
        name="driver-nouveau-allowed",
        cause="Somebody tidied /etc/modprobe.d.",
        node="node1",
        breaks=("rm /etc/modprobe.d/trueup-nouveau.conf",),
        shows="! [ -e /etc/modprobe.d/trueup-nouveau.conf ]",
        reds=("driver/nouveau_is_denied",),
        plan=("driver | nouveau denied",),
        heals=True,
    ),
    Mutation(
        name="driver-nouveau-half-denied",
        cause="A line was lost in an editor.",
        node="node2",
        breaks=("sed -i /modeset/d /etc/modprobe.d/trueup-nouveau.conf",),
        shows="! grep -q modeset /etc/modprobe.d/trueup-nouveau.conf",
        reds=("driver/nouveau_is_denied",),
        plan=("driver | nouveau denied",),
        heals=True,
    ),
    Mutation(
        name="driver-daemon-stopped",
        cause="Stopped to reset a GPU, and forgotten.",
        node="node1",
        breaks=("systemctl stop nvidia-persistenced",),
        shows="! systemctl -q is-active nvidia-persistenced",
        reds=("driver/persistence_daemon_runs", "driver/persistence_is_on"),
        reasons=("the daemon is what keeps persistence on",),
        plan=("driver | persistence daemon",),
        heals=True,
    ),
    Mutation(
        name="driver-daemon-disabled",
        cause="Disabled to reset a GPU, and forgotten: the next boot is without it.",
        node="node2",
        breaks=("systemctl disable nvidia-persistenced",),
        shows="! systemctl -q is-enabled nvidia-persistenced",
        reds=("driver/persistence_daemon_runs",),
        plan=("driver | persistence daemon",),
        heals=True,
    ),
    Mutation(
        name="driver-one-node-behind",
        cause="One node was updated, the other forgotten.",
        node="node2",
        breaks=(
            f"cp {_LOADED} /run/trueup-lab-version",
            f"sed -i '1s/ 580[.][0-9.]* / 580.65.06 /' {_LOADED}",
        ),
        shows=f"grep -q 580.65.06 {_LOADED}",
        reds=("driver/driver_is_the_same_on_all_nodes[580]", "driver/module_and_userland_are_one_version"),
        reasons=("in the lab only the module's words can be older, not the library's",),
        blind=("driver/nvml_answers", *OF_ALL_V100S),
        plan=("driver | reboot needed",),
        heals=False,
        mends=(f"cat /run/trueup-lab-version > {_LOADED}", "rm /run/trueup-lab-version"),
    ),
    Mutation(
        name="driver-open-modules",
        cause="An installer chose the open kernel modules, as it does by default since 560.",
        node="node1",
        breaks=(
            "sed -i 's/UNIX x86_64 Kernel Module /UNIX Open Kernel Module for x86_64 /' /proc/driver/nvidia/version",
        ),
        shows="grep -q Open /proc/driver/nvidia/version",
        reds=("driver/kernel_modules_are_the_declared_flavour",),
        plan=("reboot needed",),
        heals=False,
        mends=(
            "sed -i 's/UNIX Open Kernel Module for x86_64 /UNIX x86_64 Kernel Module /' /proc/driver/nvidia/version",
        ),
    ),
    Mutation(
        name="driver-nouveau-loaded",
        cause="The denial was lost, and the node was rebooted.",
        node="node1",
        breaks=("mount -t tmpfs stand-in /sys/module && mkdir /sys/module/nouveau",),
        shows="[ -d /sys/module/nouveau ]",
        reds=("driver/nouveau_is_not_loaded",),
        plan=("driver | reboot needed",),
        heals=False,
        mends=("umount /sys/module",),
    ),
    Mutation(
        name="host-read-only",
        cause="The file system found an error and was remounted read-only.",
        node="node1",
        breaks=("mount -o remount,ro,bind /",),
        shows="! touch /var/tmp/trueup-lab 2>/dev/null",
        reds=("driver/disks_have_room_and_are_writable", "host/root_file_system_is_writable"),
        reasons=("it is that file system",),
        spans=("*",),
        heals=False,
        mends=("mount -o remount,rw,bind /",),
    ),
    Mutation(
        name="host-powersave",
        cause="A power profile daemon came with an upgrade.",
        node="node1",
        breaks=(
            "mount -t tmpfs stand-in /sys/devices/system/cpu && mkdir -p /sys/devices/system/cpu/cpu0/cpufreq",
            "echo powersave > /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
        ),
        shows="grep -q powersave /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
        reds=("driver/cpu_governor",),
        heals=False,
        mends=("umount /sys/devices/system/cpu",),
    ),
    Mutation(
        name="host-memory-missing",
        cause="A memory module failed its test at boot.",
        node="node1",
        breaks=(
            f"awk '/^MemTotal:/ {{ $2 = int($2 / 2) }} {{ print }}' /proc/meminfo > {_MEMORY}",
            f"mount --bind {_MEMORY} /proc/meminfo",
        ),
        shows="grep -q /proc/meminfo /proc/mounts",
        reds=("driver/memory_is_as_declared",),
        heals=False,
        mends=("umount /proc/meminfo", f"rm {_MEMORY}"),
    ),
    Mutation(
        name="host-numa-changed",
        cause="The BIOS was set to its defaults: another number of NUMA nodes per socket.",
        node="node2",
        breaks=(
            "mount -t tmpfs stand-in /sys/devices/system/node",
            "for n in 0 1 2 3 4 5 6; do mkdir /sys/devices/system/node/node$n; done",
        ),
        shows="[ -d /sys/devices/system/node/node6 ]",
        reds=("driver/numa_nodes",),
        heals=False,
        mends=("umount /sys/devices/system/node",),
    ),
    Mutation(
        name="host-swap-eaten",
        cause="A leak ate memory, then swap.",
        node="node2",
        breaks=(
            f"sed -e '{_SWAP}' /proc/meminfo > /run/trueup-lab-meminfo",
            "mount --bind /run/trueup-lab-meminfo /proc/meminfo",
        ),
        shows="grep -q '^SwapFree: *102400 kB' /proc/meminfo",
        reds=("driver/swap_is_not_eaten_up",),
        heals=False,
        mends=("umount /proc/meminfo", "rm /run/trueup-lab-meminfo"),
    ),
)

MUTATIONS = LOGS + SOFTWARE
