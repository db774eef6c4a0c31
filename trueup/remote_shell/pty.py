"""One command in a session of its own, with a terminal: what asks for one cannot share the long-lived shell."""

import asyncio

from trueup.remote_shell.errors import ConnectionLost, DeadlineExceeded, brief
from trueup.remote_shell.target import Result
from trueup.remote_shell.transport import Transport


class _Collector:
    def __init__(self) -> None:
        self.text = {1: bytearray(), 2: bytearray()}
        self.end: asyncio.Future[int | str] = asyncio.get_running_loop().create_future()

    def data(self, stream: int, data: bytes) -> None:
        self.text[stream] += data

    def closed(self, why: str, status: int | None) -> None:
        if not self.end.done():
            self.end.set_result(why or "no exit status came" if status is None else status)


async def run(transport: Transport, command: str, stdin: bytes | None, timeout: float | None) -> Result:
    """The command's result; DeadlineExceeded after `timeout` seconds, ConnectionLost when no status comes.

    Closing the session hangs up its terminal, which ends what runs on it.
    """
    sink = _Collector()
    step = f"run `{brief(command)}` on a terminal"
    try:
        channel = await transport.open(command, sink, pty=True)
    except OSError as error:
        raise ConnectionLost(
            transport.name, step, expected="a session", actual=str(error), remedy="Check MaxSessions and PermitTTY"
        ) from error
    if stdin is not None:
        channel.write(stdin)
    channel.end()
    try:
        end = await asyncio.wait_for(sink.end, timeout)
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
    return Result(end, bytes(sink.text[1]), bytes(sink.text[2]))
