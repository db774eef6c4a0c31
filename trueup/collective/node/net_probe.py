"""Probe the paths between nodes over TCP and UDP. Runs on a node."""

from __future__ import annotations

import socket
import threading
import time

IP_MTU_DISCOVER, IP_PMTUDISC_PROBE = 10, 3  # linux/in.h: set DF, ignore what is known of the path
UDP_AND_IP = 28
HELLO = b"trueup\n"
PROBES = 100
PROBES_WAIT_S = 1.0


class NetProbeServer:
    """Serve the TCP ports and the UDP echo that peers try."""

    def __init__(self, ports: list[int], echo: int) -> None:
        self.held: list[int] = []
        self._reached: set[tuple[str, int]] = set()
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
            self._reached.add((address[0], port))
            other.sendall(HELLO)
            other.close()

    def _answer(self) -> None:
        while True:
            data, address = self._echo.recvfrom(65536)
            try:
                self._echo.sendto(data, address)
            except OSError:
                continue

    def reached(self) -> set[tuple[str, int]]:
        """Return (address, port) of each peer that connected."""
        return set(self._reached)


def reach(address: str, port: int, until: float) -> str | None:
    """Return None once the port answers, else the last error."""
    last = "no answer"
    while time.monotonic() < until:
        try:
            with socket.create_connection((address, port), timeout=max(0.1, until - time.monotonic())) as connection:
                if connection.recv(len(HELLO)) == HELLO:
                    return None
                last = "another program answers"
        except OSError as error:
            last = str(error)
        time.sleep(0.05)
    return last


def echoed(address: str, port: int, size: int, until: float) -> bool | str:
    """Test whether an unfragmented packet of that size comes back; a text if it cannot even leave."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE)
        client.settimeout(0.2)
        while time.monotonic() < until:
            try:
                client.sendto(b"x" * (size - UDP_AND_IP), (address, port))
                if len(client.recv(65536)) == size - UDP_AND_IP:
                    return True
            except socket.timeout:
                continue
            except OSError as error:
                if not isinstance(error, ConnectionRefusedError):
                    return str(error)
                time.sleep(0.05)
    return False


def lost(address: str, port: int) -> int:
    """Count how many of PROBES small packets, sent a millisecond apart, never came back."""
    missing = {number.to_bytes(4, "big") for number in range(PROBES)}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.05)
        for probe in sorted(missing):
            client.sendto(probe, (address, port))
            time.sleep(0.001)
        until = time.monotonic() + PROBES_WAIT_S
        while missing and time.monotonic() < until:
            try:
                missing.discard(client.recv(64))
            except socket.timeout:
                continue
    return len(missing)
