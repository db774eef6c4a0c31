"""Where a session's bytes go: SSH on a node, a local process in tests. One small protocol for both."""

import asyncio
import contextlib
import os
import signal
from typing import Protocol, cast


class Sink(Protocol):
    """The side that hears what happens on a channel."""

    def data(self, stream: int, data: bytes) -> None:
        """Bytes of standard output (1) or standard error (2)."""

    def closed(self, why: str, status: int | None) -> None:
        """Nothing more will come; why: in words, empty for an orderly end; status: of the exit, if it is known."""


class Channel(Protocol):
    """The side that is written to."""

    def write(self, data: bytes) -> None:
        """Send to the command's standard input."""

    def end(self) -> None:
        """Close the command's standard input."""

    def abort(self) -> None:
        """Close everything now."""


class Transport(Protocol):
    """A way to a node; name: for errors."""

    name: str

    async def open(self, command: str, sink: Sink, *, pty: bool = False) -> Channel:
        """Run one command, on a terminal if wanted; OSError when the node refuses another session."""

    async def close(self) -> None:
        """Give the connection back."""


class LocalChannel:
    """A process of this machine."""

    def __init__(self, transport: asyncio.SubprocessTransport) -> None:
        self._transport = transport
        self._stdin = cast("asyncio.WriteTransport", transport.get_pipe_transport(0))

    def write(self, data: bytes) -> None:
        """Send to its standard input."""
        self._stdin.write(data)

    def end(self) -> None:
        """Close its standard input."""
        self._stdin.close()

    def abort(self) -> None:
        """Close its streams; like sshd, without a signal to anybody."""
        for number in (0, 1, 2):
            if pipe := self._transport.get_pipe_transport(number):
                pipe.close()


class _LocalProtocol(asyncio.SubprocessProtocol):
    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.open = {1, 2}

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self.sink.data(fd, data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self.open.discard(fd)
        if not self.open:
            self.sink.closed(str(exc or ""), None)


class LocalTransport:
    """The protocol over a local process: `shell -c COMMAND` in a session of its own, as sshd does it."""

    def __init__(self, name: str = "local", shell: str = "/bin/sh", env: dict[str, str] | None = None) -> None:
        self.name = name
        self._shell = shell
        self._env = env
        self._pids: list[int] = []

    async def open(self, command: str, sink: Sink, *, pty: bool = False) -> Channel:
        """Start the shell."""
        if pty:
            raise OSError("a local process gets no terminal")
        loop = asyncio.get_running_loop()
        transport, _ = await loop.subprocess_exec(
            lambda: _LocalProtocol(sink),
            *(self._shell, "-c", command),
            start_new_session=True,
            env={**os.environ, **(self._env or {})},
        )
        self._pids.append(transport.get_pid())
        return LocalChannel(transport)

    async def close(self) -> None:
        """Nothing is held beyond the channels."""

    def kill(self) -> None:
        """SIGKILL the shells' sessions, for tests."""
        for pid in self._pids:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
