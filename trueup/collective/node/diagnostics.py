"""Prints, as JSON, what one node sees of itself and of its peers; all nodes of a fleet run it at once.

Runs on a node (Python 3.8, standard library). Each node listens on the ports named while it tries those of its
peers, so that both ways are seen; it changes nothing.
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


def names(wanted: list[str]) -> dict[str, list[str]]:
    """The IPv4 addresses behind each name, as any program on this node gets them; none where there are none."""
    found = {}
    for name in wanted:
        try:
            answers = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)
        except socket.gaierror:
            answers = []
        found[name] = sorted({str(answer[4][0]) for answer in answers})
    return found


def interface(name: str) -> dict[str, Any]:
    """state, mtu, speed (Mbit/s, None where the kernel does not say), address; {} if there is no such interface."""
    folder = Path("/sys/class/net") / name
    if not folder.exists():
        return {}
    flags = int((folder / "flags").read_text(), 16)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            packed = fcntl.ioctl(asking.fileno(), SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
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
    """The address that a packet to the peer would leave from, or why there is no way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((peer, 9))
        except OSError as error:
            return str(error)
        return str(asking.getsockname()[0])


def gpus() -> int | str:
    """How many GPUs NVML counts, or why it does not."""
    try:
        nvml = ctypes.CDLL("libnvidia-ml.so.1")
        count = ctypes.c_uint(0)
        status = nvml.nvmlInit_v2() or nvml.nvmlDeviceGetCount_v2(ctypes.byref(count))
    except (OSError, AttributeError) as error:
        return str(error)
    return f"NVML answers with error {status}" if status else count.value


def try_peer(peer: dict[str, Any], settings: dict[str, Any], until: float) -> dict[str, Any]:
    """Packets of 576 bytes (any path carries them, RFC 791) and of the interface's MTU, then the TCP ports.

    The ports come last: a peer that was reached on all of them may leave.
    """
    address, echo = peer["address"], settings["echo"]
    small = echoed(address, echo, 576, min(until, time.monotonic() + 2))
    large = echoed(address, echo, settings["mtu"], min(until, time.monotonic() + 1)) if small is True else None
    gone = lost(address, echo) if small is True else None
    ports = {str(port): reach(address, port, until) for port in settings["ports"]}
    return {"source": source(address), "ports": ports, "small": small, "large": large, "lost": gone}


def look(settings: dict[str, Any]) -> dict[str, Any]:
    """Everything, within settings["seconds"]; leaves early once every peer has reached every port."""
    until = time.monotonic() + settings["seconds"]
    ears = NetProbeServer(settings["ports"], settings["echo"])
    card = interface(settings["interface"])
    settings["mtu"] = card.get("mtu", 1500)
    tried: dict[str, Any] = {}

    def ask(peer: dict[str, Any]) -> None:
        tried[peer["name"]] = try_peer(peer, settings, until - 1)

    asking = [threading.Thread(target=ask, args=(peer,)) for peer in settings["peers"]]
    for thread in asking:
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
        "held": {str(port): holder(port) for port in ears.held},
    }
    for thread in asking:
        thread.join()
    expected = {(p["address"], port) for p in settings["peers"] for port in settings["ports"]}
    # A peer that began later still tries.
    while not expected <= ears.heard() and time.monotonic() < until + LINGER_S:
        time.sleep(0.02)
    time.sleep(0.3)
    return {**facts, "peers": tried}


def main(settings: dict[str, Any], _bundle: str) -> int:
    """What bundle.BOOT calls."""
    sys.stdout.write(json.dumps(look(settings)) + "\n")
    return 0
