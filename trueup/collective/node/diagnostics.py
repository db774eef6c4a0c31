"""Print, as JSON, the state of one node and its paths to its peers; all nodes of a fleet run it at once.

Runs on a node, with the standard library only. Each node listens on the ports named while it tries those of its
peers, so that both directions are tried; it changes nothing.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import socket
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any

from trueup.collective.node.free_port import holder
from trueup.collective.node.net_probe import NetProbeServer, echoed, lost, reach

SIOCGIFADDR = 0x8915  # linux/sockios.h
LINGER_S = 3.0


def names(hosts: list[str]) -> dict[str, list[str]]:
    """Resolve each name to its IPv4 addresses, as any program on this node does."""
    addresses = {}
    for name in hosts:
        try:
            answers = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)
        except socket.gaierror:
            answers = []
        addresses[name] = sorted({str(answer[4][0]) for answer in answers})
    return addresses


def interface(name: str) -> dict[str, Any]:
    """Read state, mtu, speed (Mbit/s, None where the kernel does not say) and address; {} without the interface."""
    folder = Path("/sys/class/net") / name
    if not folder.exists():
        return {}
    flags = int((folder / "flags").read_text(), 16)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            packed = fcntl.ioctl(probe.fileno(), SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            address = socket.inet_ntoa(packed[20:24])
        except OSError:
            address = None
    try:
        speed = int((folder / "speed").read_text())
    except OSError:
        speed = -1
    state = {"up": bool(flags & 1), "carrier": (folder / "operstate").read_text().strip()}
    mtu = int((folder / "mtu").read_text())
    return {**state, "mtu": mtu, "speed": speed if speed > 0 else None, "address": address}


def source(peer: str) -> str:
    """Return the address that a packet to the peer would leave from, or the error of the route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((peer, 9))
        except OSError as error:
            return str(error)
        return str(probe.getsockname()[0])


def gpus() -> int | str:
    """Count the GPUs by NVML, or return its error."""
    try:
        nvml = ctypes.CDLL("libnvidia-ml.so.1")
        count = ctypes.c_uint(0)
        status = nvml.nvmlInit_v2() or nvml.nvmlDeviceGetCount_v2(ctypes.byref(count))
    except (OSError, AttributeError) as error:
        return str(error)
    return f"NVML answers with error {status}" if status else count.value


def try_peer(peer: dict[str, Any], settings: dict[str, Any], until: float) -> dict[str, Any]:
    """Try packets of 576 bytes (any path carries them, RFC 791) and of the interface's MTU, then the TCP ports.

    The ports come last: a peer that was reached on all of them may leave.
    """
    address, echo = peer["address"], settings["echo"]
    small = echoed(address, echo, 576, min(until, time.monotonic() + 2))
    large = echoed(address, echo, settings["mtu"], min(until, time.monotonic() + 1)) if small is True else None
    gone = lost(address, echo) if small is True else None
    ports = {str(port): reach(address, port, until) for port in settings["ports"]}
    return {"source": source(address), "ports": ports, "small": small, "large": large, "lost": gone}


def diagnose(settings: dict[str, Any]) -> dict[str, Any]:
    """Collect everything within settings["seconds"]; end early once every peer has reached every port."""
    until = time.monotonic() + settings["seconds"]
    server = NetProbeServer(settings["ports"], settings["echo"])
    card = interface(settings["interface"])
    settings["mtu"] = card.get("mtu", 1500)
    tried: dict[str, Any] = {}

    def try_one(peer: dict[str, Any]) -> None:
        tried[peer["name"]] = try_peer(peer, settings, until - 1)

    threads = [threading.Thread(target=try_one, args=(peer,)) for peer in settings["peers"]]
    for thread in threads:
        thread.start()
    shm = os.statvfs("/dev/shm")  # noqa: S108 (the shared memory of the node, only asked for its size)
    facts = {
        "names": names([settings["name"], *(peer["name"] for peer in settings["peers"])]),
        "interface": card,
        "shm_total_mib": shm.f_blocks * shm.f_frsize >> 20,
        "shm_free_mib": shm.f_bavail * shm.f_frsize >> 20,
        "gpus": gpus(),
        "load": os.getloadavg()[0] / (os.cpu_count() or 1),
        "clock": time.time(),
        "held": {str(port): holder(port) for port in server.held},
    }
    for thread in threads:
        thread.join()
    expected = {(p["address"], port) for p in settings["peers"] for port in settings["ports"]}
    # A peer that started later still tries.
    while not expected <= server.reached() and time.monotonic() < until + LINGER_S:
        time.sleep(0.02)
    time.sleep(0.3)
    return {**facts, "peers": tried}


def main(settings: dict[str, Any], _bundle: str) -> int:
    """Print the diagnostics; called by boot.py."""
    sys.stdout.write(json.dumps(diagnose(settings)) + "\n")
    return 0
