"""Prints, as JSON, what one node sees of itself and of its peers; all nodes of a fleet run it at once.

Runs on a node (Python 3.8, standard library), over standard input: python -I - SETTINGS < look.py. Each node
listens on the ports named while it tries those of its peers, so that both ways are seen; it changes nothing.
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

SIOCGIFADDR = 0x8915  # linux/sockios.h
IP_MTU_DISCOVER, IP_PMTUDISC_PROBE = 10, 3  # linux/in.h: set DF, ignore what is known of the path
UDP_AND_IP = 28
HELLO = b"trueup\n"


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


class Ears:
    """The TCP ports and the UDP echo that peers try."""

    def __init__(self, ports: list[int], echo: int) -> None:
        self.held: list[int] = []
        self._heard: set[tuple[str, int]] = set()
        for port in ports:
            try:
                server = socket.create_server(("", port))
            except OSError:
                self.held.append(port)
                continue
            threading.Thread(target=self._serve, args=(server, port), daemon=True).start()
        self._echo = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._echo.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE)
        self._echo.bind(("", echo))
        threading.Thread(target=self._answer, daemon=True).start()

    def _serve(self, server: socket.socket, port: int) -> None:
        while True:
            other, address = server.accept()
            self._heard.add((address[0], port))
            other.sendall(HELLO)
            other.close()

    def _answer(self) -> None:
        while True:
            data, address = self._echo.recvfrom(65536)
            try:
                self._echo.sendto(data, address)
            except OSError:
                continue

    def heard(self) -> set[tuple[str, int]]:
        """Who reached which port."""
        return set(self._heard)


def reach(address: str, port: int, until: float) -> str | None:
    """None once the port answers; else what was seen last."""
    last = "no answer"
    while time.monotonic() < until:
        try:
            with socket.create_connection((address, port), timeout=max(0.1, until - time.monotonic())) as way:
                if way.recv(len(HELLO)) == HELLO:
                    return None
                last = "somebody else answers"
        except OSError as error:
            last = str(error)
        time.sleep(0.05)
    return last


def echoed(address: str, port: int, size: int, until: float) -> bool | str:
    """Whether a packet of so many bytes, not to be fragmented, comes back; a text if it cannot even leave."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE)
        asking.settimeout(0.2)
        while time.monotonic() < until:
            try:
                asking.sendto(b"x" * (size - UDP_AND_IP), (address, port))
                if len(asking.recv(65536)) == size - UDP_AND_IP:
                    return True
            except socket.timeout:  # noqa: UP041 (before Python 3.10 it is another class)
                continue
            except OSError as error:
                if not isinstance(error, ConnectionRefusedError):
                    return str(error)
                time.sleep(0.05)
    return False


def try_peer(peer: dict[str, Any], settings: dict[str, Any], until: float) -> dict[str, Any]:
    """Packets of 576 bytes (any path carries them, RFC 791) and of the interface's MTU, then the TCP ports.

    The ports come last: a peer that was reached on all of them may leave.
    """
    address, echo = peer["address"], settings["echo"]
    small = echoed(address, echo, 576, min(until, time.monotonic() + 2))
    large = echoed(address, echo, settings["mtu"], min(until, time.monotonic() + 1)) if small is True else None
    ports = {str(port): reach(address, port, until) for port in settings["ports"]}
    return {"source": source(address), "ports": ports, "small": small, "large": large}


def look(settings: dict[str, Any]) -> dict[str, Any]:
    """Everything, within settings["seconds"]; leaves early once every peer has reached every port."""
    until = time.monotonic() + settings["seconds"]
    ears = Ears(settings["ports"], settings["echo"])
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
        "held": ears.held,
    }
    for thread in asking:
        thread.join()
    expected = {(p["address"], port) for p in settings["peers"] for port in settings["ports"]}
    while not expected <= ears.heard() and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.3)
    return {**facts, "peers": tried}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(look(json.loads(sys.argv[1]))) + "\n")
