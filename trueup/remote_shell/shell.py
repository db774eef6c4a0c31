"""The public shell: blocking calls and futures, from any thread."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Self

from trueup.remote_shell import dedicated_session, event_loop, remote_script
from trueup.remote_shell.channel import Command
from trueup.remote_shell.errors import ShellError
from trueup.remote_shell.session import Session
from trueup.remote_shell.target import Result, Target
from trueup.remote_shell.transport import Transport

OnOutput = Callable[[int, bytes], None]


class Shell:
    """Run commands in one long-lived sh on one node; the package says what each call raises."""

    def __init__(self, target: Target, connect_timeout: float = 10.0) -> None:
        self._adopt(target.name, event_loop.spawn(_connect(target, connect_timeout)).result())

    @classmethod
    def open_async(cls, target: Target, connect_timeout: float = 10.0) -> Future[Self]:
        """Do the same without waiting."""

        async def opened() -> Self:
            return cls._of(target.name, await _connect(target, connect_timeout))

        return event_loop.spawn(opened())

    @classmethod
    def over(cls, transport: Transport, *, timeout: float = 10.0) -> Self:
        """Open a shell over another transport than SSH."""
        return cls._of(transport.name, event_loop.spawn(_start(transport, sudo=False, timeout=timeout)).result())

    @classmethod
    def _of(cls, name: str, session: Session) -> Self:
        shell = cls.__new__(cls)
        shell._adopt(name, session)
        return shell

    def _adopt(self, name: str, session: Session) -> None:
        self.name = name
        self.sent = 0
        self.sudo = session.sudo
        self._session = session
        self._prefetched: dict[tuple[str, bytes | None], Future[Result]] = {}

    def submit(
        self,
        command: str,
        *,
        stdin: bytes | None = None,
        timeout: float | None = None,
        on_output: OnOutput | None = None,
    ) -> Future[Result]:
        """Send a command without waiting; on_output(stream 1 or 2, bytes) is called in the loop's thread.

        A command that prefetch() sent with the same input is not sent again: its result is returned, once.
        """
        if on_output is None and (prefetched := self._prefetched.pop((command, stdin), None)):
            return prefetched
        job = Command(remote_script.check(command), stdin, timeout, on_output)
        self.sent += 1
        event_loop.call(self._session.submit, job)
        return job.future

    def prefetch(self, command: str, *, stdin: bytes | None = None, timeout: float | None = None) -> None:
        """Send a command whose result goes to the next submit() or run() of it with the same input."""
        self._prefetched[command, stdin] = self.submit(command, stdin=stdin, timeout=timeout)

    def run(
        self,
        command: str,
        *,
        stdin: bytes | None = None,
        timeout: float | None = None,
        on_output: OnOutput | None = None,
    ) -> Result:
        """Send a command and wait for its result."""
        return self.submit(command, stdin=stdin, timeout=timeout, on_output=on_output).result()

    def run_pty(self, command: str, *, stdin: bytes | None = None, timeout: float | None = None) -> Result:
        """Run a command in a session of its own with a terminal: standard error comes with the output."""
        return self.submit_pty(command, stdin=stdin, timeout=timeout).result()

    def submit_pty(self, command: str, *, stdin: bytes | None = None, timeout: float | None = None) -> Future[Result]:
        """Do the same without waiting."""
        self.sent += 1
        return event_loop.spawn(
            dedicated_session.run_on_terminal(self._session.transport, remote_script.check(command), stdin, timeout)
        )

    def start_background(self, command: str, marker: str, deadline_s: float) -> tuple[bool, str]:
        """Start a command that stays until the shell is closed; True once it printed the line ``marker``.

        Where it ends, or prints no marker within ``deadline_s``, False and its output.
        """
        return self.start_background_async(command, marker, deadline_s).result()

    def start_background_async(self, command: str, marker: str, deadline_s: float) -> Future[tuple[bool, str]]:
        """Do the same without waiting."""

        async def start() -> tuple[bool, str]:
            channel, output = await dedicated_session.start_background(
                self._session.transport, remote_script.check(command), marker, deadline_s
            )
            if channel is not None:
                self._session.background.append(channel)
            return channel is not None, output

        return event_loop.spawn(start())

    def close(self) -> None:
        """End the shell and the connection; what is still running is killed on the node."""
        self.close_async().result()

    def close_async(self) -> Future[None]:
        """Do the same without waiting."""
        return event_loop.spawn(self._session.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


async def _start(transport: Transport, *, sudo: bool, timeout: float) -> Session:
    session = Session(transport, sudo=sudo, timeout=timeout)
    try:
        await session.start()
    except ShellError:
        await transport.close()
        raise
    return session


async def _connect(target: Target, timeout: float) -> Session:
    # asyncssh takes a third of acceptance's start-up, and the process that hands work to workers connects to nobody.
    from trueup.remote_shell import ssh

    return await _start(await ssh.connect(target, timeout), sudo=target.sudo, timeout=timeout)


def connect_all(targets: Iterable[Target], timeout: float = 10.0, at_once: int = 48) -> dict[str, Shell | ShellError]:
    """Open a shell to each target; return it, or its error, by name.

    Args:
        targets: Of different names.
        timeout: Seconds for each.
        at_once: Connections that are being opened at a time.
    """

    async def connect(target: Target, gate: asyncio.Semaphore) -> Session | ShellError:
        async with gate:
            try:
                return await _connect(target, timeout)
            except ShellError as error:
                return error

    async def connect_targets() -> list[Session | ShellError]:
        gate = asyncio.Semaphore(at_once)
        return await asyncio.gather(*(connect(target, gate) for target in unique))

    unique = list(targets)
    opened = event_loop.spawn(connect_targets()).result()
    return {
        target.name: session if isinstance(session, ShellError) else Shell._of(target.name, session)
        for target, session in zip(unique, opened, strict=True)
    }
