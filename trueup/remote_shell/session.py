"""The shell on one node: commands in, results out, a new session when the old one is used up. Lives in the loop."""

import asyncio
import contextlib
from collections import deque

from trueup.remote_shell import remote_script
from trueup.remote_shell.channel import ChannelSession, Command
from trueup.remote_shell.errors import ConnectionLost, DeadlineExceeded, ShellError, brief, not_a_shell
from trueup.remote_shell.framing import Began, Ended, Event, Output, WorkerDied
from trueup.remote_shell.target import Result
from trueup.remote_shell.transport import Channel, Transport

# The sweep on the node takes a second at most before it kills for good; then the session is cut from here.
_SWEEP_S = 4.0
_OPEN_TRIES = 5


class Session:
    """Keeps one line open and moves what has not begun to the next one when it ends."""

    def __init__(self, transport: Transport, *, sudo: bool = False, timeout: float = 10.0) -> None:
        self.transport = transport
        self.sudo = sudo
        self.timeout = timeout
        self.line: ChannelSession | None = None
        self.waiting: deque[Command] = deque()
        self.retired: list[ChannelSession] = []
        self.dead: ShellError | None = None
        self.background: list[Channel] = []
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the first line: NotAShell if nobody answers as sh."""
        self.line = await self._open()

    def submit(self, job: Command) -> None:
        """Take a job; its future will tell."""
        job.future.set_running_or_notify_cancel()
        if self.dead is not None:
            job.future.set_exception(self.dead)
        elif self.line is None:
            self.waiting.append(job)
        else:
            self.line.send(job)

    async def close(self) -> None:
        """End the shell; what is running on the node is killed there."""
        line, self.line = self.line, None
        self._die(self._lost("close the shell", "the shell was closed", "Wait for the results before closing"))
        if line is not None and line.channel is not None:
            line.owner = None
            self._abandon(line.jobs)
            line.channel.end()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(line.ended.wait(), _SWEEP_S)
        for channel in (*(each.channel for each in (*self.retired, *([line] if line else []))), *self.background):
            if channel is not None:
                channel.abort()
        await self.transport.close()

    def heard(self, line: ChannelSession, event: Event) -> None:
        """One event of the current line."""
        job = line.jobs[0] if line.jobs else None
        if isinstance(event, WorkerDied):
            self.broken(line, "the command, or something beside it, killed the shell")
        elif job is None:
            return
        elif isinstance(event, Began):
            job.began = True
            if job.timeout is not None:
                job.timer = asyncio.get_running_loop().call_later(job.timeout, self._expire, line, job)
        elif isinstance(event, Output) and job.on_output is not None:
            job.on_output(event.stream, event.data)
        elif isinstance(event, Ended):
            self._ended(line, job, event)

    def broken(self, line: ChannelSession, why: str) -> None:
        """The line has ended: judge what had begun, move the rest; the first of it may have begun unheard."""
        doubt = line.jobs[0] if line.jobs and not line.jobs[0].began else None
        for job in line.jobs:
            if job.expired:
                self._settle(job, self._late(job))
            elif job.began:
                self._settle(job, self._unknown(job, why))
            else:
                self.waiting.append(job)
        self._retire(line, doubt)

    def _ended(self, line: ChannelSession, job: Command, event: Ended) -> None:
        line.jobs.popleft()
        if job.expired:
            self._settle(job, self._late(job))
        else:
            self._settle(job, event.result)
        if event.left:
            self.waiting.extend(line.jobs)
            self._retire(line)

    def _retire(self, line: ChannelSession, doubt: Command | None = None) -> None:
        line.owner, self.line = None, None
        line.jobs = deque()
        if line.channel is not None:
            line.channel.end()
        if not line.ended.is_set():
            self.retired.append(line)
        self._task = asyncio.get_running_loop().create_task(self._reopen(doubt))

    def _expire(self, line: ChannelSession, job: Command) -> None:
        job.expired = True
        assert line.channel is not None
        line.channel.end()
        job.timer = asyncio.get_running_loop().call_later(_SWEEP_S, self._cut, line, job)

    def _cut(self, line: ChannelSession, job: Command) -> None:
        job.survived = True
        assert line.channel is not None
        line.channel.abort()

    async def _reopen(self, doubt: Command | None) -> None:
        try:
            line = await self._open()
        except ShellError as error:
            if doubt is not None and doubt in self.waiting:
                self.waiting.remove(doubt)
                self._settle(doubt, self._unknown(doubt, error.actual))
            self._die(error)
            return
        if self.dead is not None:
            return
        self.line = line
        while self.waiting:
            line.send(self.waiting.popleft())

    async def _open(self) -> ChannelSession:
        line = ChannelSession(self)
        for attempt in range(_OPEN_TRIES):
            try:
                line.channel = await self.transport.open(remote_script.boot(line.hello, sudo=self.sudo), line)
                break
            except OSError as error:
                # MaxSessions: a line that a left-behind process keeps open counts as one.
                while self.retired:
                    old = self.retired.pop().channel
                    if old is not None:
                        old.abort()
                if attempt == _OPEN_TRIES - 1:
                    raise self._lost("open a session", str(error), "Check MaxSessions and the node") from error
                await asyncio.sleep(0.1 * (attempt + 1))
        assert line.channel is not None
        try:
            why = await asyncio.wait_for(asyncio.shield(line.ready), self.timeout)
        except TimeoutError:
            why = f"no answer within {self.timeout:g} s"
        if why:
            line.channel.abort()
            raise self._refused(line, why)
        line.channel.write(remote_script.start(line.gone))
        return line

    def _abandon(self, jobs: deque[Command]) -> None:
        error = self.dead
        assert error is not None
        while jobs:
            self._settle(jobs.popleft(), error)

    def _die(self, error: ShellError) -> None:
        self.dead = error
        self._abandon(self.waiting)

    def _settle(self, job: Command, outcome: Result | ShellError) -> None:
        if job.timer is not None:
            job.timer.cancel()
        if isinstance(outcome, Result):
            job.future.set_result(outcome)
        else:
            job.future.set_exception(outcome)

    def _late(self, job: Command) -> ShellError:
        return DeadlineExceeded(
            self.transport.name,
            f"run `{brief(job.command)}`",
            expected=f"an end within {job.timeout:g} s",
            actual="it was still running; "
            + ("it could not be killed" if job.survived else "it and its children were killed"),
            remedy="Look at what it waits for on the node, or give it more time",
        )

    def _unknown(self, job: Command, why: str) -> ShellError:
        remedy = "Its outcome is not known: look at the node, then run again"
        return self._lost(f"run `{brief(job.command)}`", why, remedy)

    def _lost(self, step: str, why: str, remedy: str) -> ShellError:
        return ConnectionLost(self.transport.name, step, expected="a result", actual=why, remedy=remedy)

    def _refused(self, line: ChannelSession, why: str) -> ShellError:
        said = b" / ".join(text for stream in (1, 2) if (text := line.decoder.pending(stream).strip()))
        return not_a_shell(self.transport.name, why, said, sudo=self.sudo)
