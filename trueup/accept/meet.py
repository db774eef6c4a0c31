"""Two processes that meet at a port: one listens on its node, the other comes from another node.

Whoever looks at the same nodes meanwhile meets at the same port. Therefore a listener waits for its turn, serves
one caller and says so; a caller that nobody answered, because the listener before was just leaving, comes again.
So each listener has one caller, whosever it is, and who looks never makes another's look red.
"""

from shlex import quote

# Each of the two ends by itself within this many seconds.
WAIT_S = 10

LISTEN = """
import errno, socket, sys, time
end = time.monotonic() + float(sys.argv[3]) / 3
while True:
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((sys.argv[1], int(sys.argv[2])))
        server.listen(1)
        break
    except OSError as error:
        server.close()
        if error.errno != errno.EADDRINUSE or time.monotonic() > end:
            raise
        time.sleep(0.05)
server.settimeout(float(sys.argv[3]))
peer, _ = server.accept()
peer.settimeout(float(sys.argv[3]) / 2)
word = peer.recv(64)
peer.sendall(word)
print(word.decode())
"""

CALL = """
import socket, sys, time
end = time.monotonic() + float(sys.argv[3]) / 2
while True:
    try:
        with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2) as peer:
            peer.settimeout(float(sys.argv[3]) / 2)
            peer.sendall(b"here")
            if peer.recv(64) == b"here":
                break
        why = "the connection was closed without an answer"
    except OSError as error:
        why = f"{type(error).__name__}: {error}"
    if time.monotonic() > end:
        sys.exit(why)
    time.sleep(0.05)
"""


def listener(python: str, address: str, port: int) -> str:
    """The command of the node that listens; it prints "here" when one has come."""
    return f"{python} -I -B -c {quote(LISTEN)} {quote(address)} {port} {WAIT_S}"


def caller(python: str, address: str, port: int) -> str:
    """The command of the node that comes; its status is 0 when it was answered, else it says why."""
    return f"{python} -I -B -c {quote(CALL)} {quote(address)} {port} {WAIT_S}"
