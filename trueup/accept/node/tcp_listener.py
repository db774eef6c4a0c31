"""Serves one TCP client and prints what it sent. argv: ADDRESS PORT SECONDS.

A concurrent run may hold the port: bind() is retried for a third of the seconds.
"""

import errno
import socket
import sys
import time

address, port, wait_s = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
end = time.monotonic() + wait_s / 3
while True:
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((address, port))
        server.listen(1)
        break
    except OSError as error:
        server.close()
        if error.errno != errno.EADDRINUSE or time.monotonic() > end:
            raise
        time.sleep(0.05)
server.settimeout(wait_s)
peer, _ = server.accept()
peer.settimeout(wait_s / 2)
word = peer.recv(64)
peer.sendall(word)
sys.stdout.write(word.decode() + "\n")
