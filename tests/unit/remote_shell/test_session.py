"""What is said of a command when its session is gone and the node gives no other."""

import os
import signal
import time

import pytest

from trueup.remote_shell.errors import ConnectionLost
from trueup.remote_shell.shell import Shell
from trueup.remote_shell.transport import Channel, LocalTransport, Sink


class Once(LocalTransport):
    """A node that gives one session, and no other."""

    def __init__(self) -> None:
        super().__init__()
        self.given = False

    async def open(self, command: str, sink: Sink, *, pty: bool = False) -> Channel:
        """The first one."""
        if self.given:
            raise OSError("SSH connection closed")
        self.given = True
        return await super().open(command, sink, pty=pty)


def test_a_command_on_a_line_that_dies_unheard_is_named() -> None:
    """It may have begun: the node's word on that was lost with the connection. What came later has not run."""
    transport = Once()
    shell = Shell.over(transport)
    # Stopped, the shell hears neither of them; then it is gone.
    [pid] = transport._pids
    os.killpg(pid, signal.SIGSTOP)
    first, later = shell.submit("echo first"), shell.submit("echo later")
    time.sleep(0.2)
    transport.kill()

    with pytest.raises(ConnectionLost, match=r"run `echo first`: .*, found SSH connection closed. .*not known"):
        first.result(20)
    with pytest.raises(ConnectionLost, match="open a session"):
        later.result(20)
