"""Run one command in a dedicated session: on a terminal or in background."""

import asyncio

from trueup.remote_shell.errors import ConnectionLost, DeadlineExceeded, brief
from trueup.remote_shell.target import Result
from trueup.remote_shell.transport import Channel, Transport


class _MarkerWaiter:
    """Wait for one line of output; ignore what follows it."""

    def __init__(self, marker: str) -> None:
        self._marker = f"\n{marker}\n".encode()
        self.output = bytearray(b"\n")
        self.printed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def data(self, _stream: int, data: bytes) -> None:
        if not self.printed.done():
            self.output += data
            if self._marker in self.output:
                self.printed.set_result(True)

    def closed(self, _why: str, _status: int | None) -> None:
        if not self.printed.done():
            self.printed.set_result(False)


async def start_background(
    transport: Transport, command: str, marker: str, deadline_s: float
) -> tuple[Channel | None, str]:
    """Start a command that stays; return its channel once it printed the line ``marker``, and its output.

    The channel is None where the command ends, or prints no marker within ``deadline_s``.
    """
    waiter = _MarkerWaiter(marker)
    try:
        channel = await transport.open(command, waiter)
    except OSError as error:
        return None, f"the node gives no further session ({error}); check MaxSessions"
    try:
        printed = await asyncio.wait_for(waiter.printed, deadline_s)
    except TimeoutError:
        printed = False
    if not printed:
        channel.abort()
    return channel if printed else None, waiter.output.decode("utf-8", "backslashreplace")


class _Collector:
    """Keep a session's output until it ends."""

    def __init__(self) -> None:
        self.output = {1: bytearray(), 2: bytearray()}
        self.end: asyncio.Future[int | str] = asyncio.get_running_loop().create_future()

    def data(self, stream: int, data: bytes) -> None:
        self.output[stream] += data

    def closed(self, why: str, status: int | None) -> None:
        if not self.end.done():
            self.end.set_result(why or "no exit status came" if status is None else status)


async def run_on_terminal(transport: Transport, command: str, stdin: bytes | None, timeout: float | None) -> Result:
    """Run a command on a terminal; at the deadline the session is closed, which hangs the terminal up.

    Raises:
        DeadlineExceeded: It runs longer than `timeout` seconds.
        ConnectionLost: The session ended without an exit status.
    """
    collector = _Collector()
    step = f"run `{brief(command)}` on a terminal"
    try:
        channel = await transport.open(command, collector, pty=True)
    except OSError as error:
        raise ConnectionLost(
            transport.name, step, expected="a session", actual=str(error), remedy="Check MaxSessions and PermitTTY"
        ) from error
    if stdin is not None:
        channel.write(stdin)
    channel.end()
    try:
        end = await asyncio.wait_for(collector.end, timeout)
    except TimeoutError:
        channel.abort()
        raise DeadlineExceeded(
            transport.name,
            step,
            expected=f"an end within {timeout:g} s",
            actual="it was still running; its terminal was hung up",
            remedy="Look at what it waits for on the node, or give it more time",
        ) from None
    if isinstance(end, str):
        raise ConnectionLost(transport.name, step, expected="an exit status", actual=end, remedy="Run it again")
    return Result(end, bytes(collector.output[1]), bytes(collector.output[2]))
