"""Two processes that meet at a port: one listens on its node, the other comes from another node.

Whoever looks at the same nodes meanwhile meets at the same port. Therefore a listener waits for its turn, serves
one caller and says so; a caller that nobody answered, because the listener before was just leaving, comes again.
So each listener has one caller, whosever it is, and who looks never makes another's look red.
"""

from shlex import quote

# A listener waits this many seconds for its caller, a third of it for its turn; a caller comes again for half of it.
WAIT_S = 10

LISTEN = """
import errno, socket, sys, time
wait = float(sys.argv[3])
end = time.monotonic() + wait / 3
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
        time.sleep(0.05)  # another look has its turn, which takes about as long
server.settimeout(wait)
peer, _ = server.accept()
peer.settimeout(wait / 2)
word = peer.recv(64)
peer.sendall(word)
print(word.decode())
"""

CALL = """
import socket, sys, time
wait = float(sys.argv[3])
end = time.monotonic() + wait / 2
while True:
    try:
        with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2) as peer:
            peer.settimeout(wait / 2)
            peer.sendall(b"here")
            if peer.recv(64) == b"here":
                break
        why = "the connection was closed without an answer"
    except OSError as error:
        why = f"{type(error).__name__}: {error}"
    if time.monotonic() > end:
        sys.exit(why)
    time.sleep(0.05)  # the listener starts on its node meanwhile, or has to wait for its turn
"""


def listener(python: str, address: str, port: int) -> str:
    """The command of the node that listens; it prints "here" when one has come."""
    return f"{python} -I -B -c {quote(LISTEN)} {quote(address)} {port} {WAIT_S}"


def caller(python: str, address: str, port: int) -> str:
    """The command of the node that comes; its status is 0 when it was answered, else it says why."""
    return f"{python} -I -B -c {quote(CALL)} {quote(address)} {port} {WAIT_S}"
