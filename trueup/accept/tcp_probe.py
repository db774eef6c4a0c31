"""TCP probe between two nodes: a listener on one, a caller on the other.

Several acceptance runs may use the same port at once: a listener retries bind(), serves exactly one client and exits;
a refused caller retries. A listener may serve another run's caller, so concurrent runs never fail each other.
"""

from shlex import quote

from trueup.payload import text

# Seconds that a listener waits for its caller, a third of them for the port; a caller retries for half of them.
WAIT_S = 10


def listener(python: str, address: str, port: int) -> str:
    """Return the command of the node that listens; it prints "here" once a caller came."""
    return _command("tcp_listener.py", python, address, port)


def caller(python: str, address: str, port: int) -> str:
    """Return the command of the node that calls; it exits with 0, or with the reason on standard error."""
    return _command("tcp_caller.py", python, address, port)


def _command(file: str, python: str, address: str, port: int) -> str:
    return f"{python} -I -B -c {quote(text('trueup.accept.node', file))} {quote(address)} {port} {WAIT_S}"
