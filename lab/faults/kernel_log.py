"""Faults that only the kernel's log shows."""

from shlex import quote

from lab.faults.fault import Fault

_XIDS = "driver/no_fatal_xid_since_boot"
_HOST = "driver/no_host_fault_since_boot"


def _log(
    name: str, cause: str, message: str, red: str = "", *, note: str = "", node: str = "node1", when: str = "now"
) -> Fault:
    file = f"/var/log/journal/*/lab-{name}.journal"
    return Fault(
        name=name,
        cause=cause,
        node=node,
        inject=(f"lab-kernel-log {name} {when} {quote(message)}",),
        verify=f"ls {file} >/dev/null",
        failing_checks=(red,) if red else (),
        notes=(note,) if note else (),
        converge_repairs=False,
        undo=(f"rm -f {file}",),
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

FAULTS = LOGS
