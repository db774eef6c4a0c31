"""One session on a node: its channel, its decoder, and the jobs that were sent down it."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

from trueup.remote_shell import remote_script
from trueup.remote_shell.framing import Event, FrameDecoder, Ready
from trueup.remote_shell.target import Result
from trueup.remote_shell.transport import Channel


@dataclass(eq=False)
class Command:
    """One command on its way. timeout in seconds from its start on the node."""

    command: str
    stdin: bytes | None = None
    timeout: float | None = None
    on_output: Callable[[int, bytes], None] | None = None
    future: "Future[Result]" = field(default_factory=Future)
    nonce: str = ""
    began: bool = False
    expired: bool = False
    survived: bool = False
    timer: asyncio.TimerHandle | None = None


class SessionListener(Protocol):
    """Receive the events of a session."""

    def heard(self, line: "ChannelSession", event: Event) -> None:
        """The node has answered something."""

    def broken(self, line: "ChannelSession", why: str) -> None:
        """Handle a session that ended unexpectedly."""


class ChannelSession:
    """One session: its channel, its decoder, the jobs that were sent down it."""

    def __init__(self, owner: SessionListener) -> None:
        self.owner: SessionListener | None = owner
        self.hello, self.gone = secrets.token_hex(8), secrets.token_hex(8)
        self.decoder = FrameDecoder(self.hello, self.gone)
        self.jobs: deque[Command] = deque()
        self.channel: Channel | None = None
        self.ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.ended = asyncio.Event()

    def data(self, stream: int, data: bytes) -> None:
        """Bytes from the node; after retirement they belong to a process that was left behind."""
        if self.owner is None:
            return
        for event in self.decoder.feed(stream, data):
            if isinstance(event, Ready):
                self.ready.set_result("")
            elif self.owner is not None:
                self.owner.heard(self, event)

    def closed(self, why: str, status: int | None) -> None:
        """The session has ended."""
        why = why or ("the session ended" if status is None else f"the session ended with status {status}")
        self.ended.set()
        if not self.ready.done():
            self.ready.set_result(why)
        elif self.owner is not None:
            self.owner.broken(self, why)

    def send(self, job: Command) -> None:
        """Put the job on the wire."""
        assert self.channel is not None
        job.nonce = secrets.token_hex(8)
        self.decoder.expect(job.nonce, streamed=job.on_output is not None)
        self.jobs.append(job)
        self.channel.write(remote_script.frame(job.command, job.nonce, job.stdin))
