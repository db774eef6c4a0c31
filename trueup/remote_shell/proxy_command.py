"""ssh_config's ProxyCommand, started without asyncio's child watchers: under gevent those work in no thread of ours."""

import asyncio
import contextlib
import os
import posix
import signal
import socket


class Proxy:
    """The running command; `socket` is its standard input and output."""

    def __init__(self, command: list[str]) -> None:
        self.socket, theirs = socket.socketpair()
        with theirs:
            actions = [(os.POSIX_SPAWN_DUP2, theirs.fileno(), fd) for fd in (0, 1)]
            os.set_blocking(theirs.fileno(), True)
            # gevent patches os, not posix.
            self._pid = posix.posix_spawnp(command[0], command, os.environ, file_actions=actions)

    async def close(self) -> None:
        """End it and collect its exit status."""
        self.socket.close()
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._pid, signal.SIGTERM)
            for _ in range(20):
                if os.waitpid(self._pid, os.WNOHANG)[0]:
                    return
                await asyncio.sleep(0.05)
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
