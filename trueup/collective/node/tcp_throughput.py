"""Measure raw TCP throughput: python -I - serve ADDRESS PORT | send ADDRESS PORT SECONDS.

Runs on a node, over standard input. The receiver prints bytes per second.
"""

from __future__ import annotations

import socket
import sys
import time

BLOCK = 1 << 20
PATIENCE_S = 10.0


def serve(address: str, port: int) -> float:
    """Return bytes per second from the first byte of one sender to its end; raises OSError if none comes."""
    with socket.create_server((address, port)) as server:
        server.settimeout(PATIENCE_S)
        sender, _ = server.accept()
    buffer = bytearray(BLOCK)
    sender.settimeout(PATIENCE_S)
    total = sender.recv_into(buffer)
    since = time.perf_counter()
    while True:
        got = sender.recv_into(buffer)
        if not got:
            return total / (time.perf_counter() - since)
        total += got


def send(address: str, port: int, seconds: float) -> None:
    """Send for that many seconds, after retrying until the receiver listens."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            connection = socket.create_connection((address, port), timeout=PATIENCE_S)
            break
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
    block = bytes(BLOCK)
    until = time.monotonic() + seconds
    with connection:
        while time.monotonic() < until:
            connection.sendall(block)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        sys.stdout.write(f"{serve(sys.argv[2], int(sys.argv[3])):.0f}\n")
    else:
        send(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
