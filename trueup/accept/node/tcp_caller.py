"""Connects to tcp_listener and expects its word back. argv: ADDRESS PORT SECONDS.

The listener starts at the same time, or waits for the port, or is a concurrent run's and just closes: retried for
half of the seconds. Exit status 0, or 1 with the last reason on standard error.
"""

import socket
import sys
import time

address, port, wait_s = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
end = time.monotonic() + wait_s / 2
while True:
    try:
        with socket.create_connection((address, port), timeout=2) as peer:
            peer.settimeout(wait_s / 2)
            peer.sendall(b"here")
            if peer.recv(64) == b"here":
                break
        reason = "the connection was closed without an answer"
    except OSError as error:
        reason = f"{type(error).__name__}: {error}"
    if time.monotonic() > end:
        sys.exit(reason)
    time.sleep(0.05)
