"""Raw TCP throughput, beside the collective's: python -I - serve ADDRESS PORT | send ADDRESS PORT SECONDS.

Runs on a node (Python 3.8, standard library), over standard input. The receiver prints bytes per second.
"""

from __future__ import annotations

import socket
import sys
import time

BLOCK = 1 << 20
PATIENCE_S = 10.0


def serve(address: str, port: int) -> float:
    """Bytes per second from the first byte of one sender to its end; raises OSError if none comes."""
    with socket.create_server((address, port)) as server:
        server.settimeout(PATIENCE_S)
        other, _ = server.accept()
    component = bytearray(BLOCK)
    other.settimeout(PATIENCE_S)
    total = other.recv_into(component)
    since = time.perf_counter()
    while True:
        got = other.recv_into(component)
        if not got:
            return total / (time.perf_counter() - since)
        total += got


def send(address: str, port: int, seconds: float) -> None:
    """Send for so many seconds; tries to connect until the receiver is there."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            way = socket.create_connection((address, port), timeout=PATIENCE_S)
            break
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
    block = bytes(BLOCK)
    until = time.monotonic() + seconds
    with way:
        while time.monotonic() < until:
            way.sendall(block)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        sys.stdout.write(f"{serve(sys.argv[2], int(sys.argv[3])):.0f}\n")
    else:
        send(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
