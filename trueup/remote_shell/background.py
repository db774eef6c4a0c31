"""A command that stays for as long as the connection does, in a session of its own."""

import asyncio

from trueup.remote_shell.transport import Channel, Transport


class _Ear:
    """Listens for one line; what comes after it is of no interest."""

    def __init__(self, mark: str) -> None:
        self._mark = f"\n{mark}\n".encode()
        self.text = bytearray(b"\n")
        self.heard: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def data(self, _stream: int, data: bytes) -> None:
        if not self.heard.done():
            self.text += data
            if self._mark in self.text:
                self.heard.set_result(True)

    def closed(self, _why: str, _status: int | None) -> None:
        if not self.heard.done():
            self.heard.set_result(False)


async def hold(transport: Transport, command: str, mark: str, deadline_s: float) -> tuple[Channel | None, str]:
    """The command's channel once it has printed the line ``mark``; None where it ends or is late, with its words."""
    ear = _Ear(mark)
    try:
        channel = await transport.open(command, ear)
    except OSError as error:
        return None, f"the node gives no further session ({error}); check MaxSessions"
    try:
        heard = await asyncio.wait_for(ear.heard, deadline_s)
    except TimeoutError:
        heard = False
    if not heard:
        channel.abort()
    return channel if heard else None, ear.text.decode("utf-8", "backslashreplace")
