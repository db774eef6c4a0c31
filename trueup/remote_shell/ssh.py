"""The connection to a node, by asyncssh: the user's own ssh_config is honoured, host keys are strict.

asyncssh costs the controller 6 ms of CPU a connection where an OpenSSH client costs 67 (docs/evidence/benchmarks.md).
"""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import asyncssh

from trueup.remote_shell.connect_errors import KNOWN_HOSTS, connect_error
from trueup.remote_shell.proxy_command import Proxy
from trueup.remote_shell.target import Target
from trueup.remote_shell.transport import Channel, Sink

# asyncssh reads the first by itself; OpenSSH reads both, the user's first.
_CONFIGS = ("~/.ssh/config", "/etc/ssh/ssh_config")


class _Client(asyncssh.SSHClient):
    """Remembers the key that the server offered, so that an error can show it."""

    offered = ""

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        self.offered = f"{key.get_algorithm()} {key.get_fingerprint()}"
        return False


class _Session(asyncssh.SSHClientSession[bytes]):
    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.status: int | None = None

    def data_received(self, data: bytes, datatype: int | None) -> None:
        self.sink.data(2 if datatype == asyncssh.EXTENDED_DATA_STDERR else 1, data)

    def eof_received(self) -> bool:
        return True

    def exit_status_received(self, status: int) -> None:
        self.status = status

    def connection_lost(self, exc: Exception | None) -> None:
        self.sink.closed(str(exc or ""), self.status)


class SshChannel:
    """One session of the connection."""

    def __init__(self, channel: "asyncssh.SSHClientChannel[bytes]") -> None:
        self._channel = channel

    def write(self, data: bytes) -> None:
        """Send to its standard input."""
        # A channel that is closing has told, or will tell, its sink.
        with contextlib.suppress(BrokenPipeError):
            self._channel.write(data)

    def end(self) -> None:
        """Close its standard input."""
        with contextlib.suppress(BrokenPipeError):
            self._channel.write_eof()

    def abort(self) -> None:
        """Close it now, whatever is on its way."""
        self._channel.abort()


class SshTransport:
    """One connection to one node."""

    def __init__(self, target: Target, connection: asyncssh.SSHClientConnection, helper: Proxy | None = None) -> None:
        self.name = target.name
        self._connection = connection
        self._helper = helper

    async def open(self, command: str, sink: Sink, *, pty: bool = False) -> Channel:
        """Run a command in a session of its own."""
        try:
            channel, _ = await self._connection.create_session(
                lambda: _Session(sink),
                command,
                encoding=None,
                request_pty=pty and "force",
                term_type="vt100" if pty else None,
            )
        except (asyncssh.ChannelOpenError, asyncssh.ConnectionLost) as error:
            raise OSError(str(error)) from error
        return SshChannel(channel)

    async def close(self) -> None:
        """Disconnect."""
        self._connection.close()
        await self._connection.wait_closed()
        if self._helper is not None:
            await self._helper.close()


def settings(target: Target) -> tuple[dict[str, Any], asyncssh.SSHClientConnectionOptions]:
    """What asyncssh.connect is given, and what it makes of it together with the user's ssh_config."""
    configs = (target.config_file,) if target.config_file else _CONFIGS
    found = [str(path) for name in configs if (path := Path(name).expanduser()).is_file() or target.config_file]
    given: dict[str, Any] = {"config": found or None, "keepalive_interval": 15, "keepalive_count_max": 3}
    if target.port != 22:
        given["port"] = target.port
    if target.user:
        given["username"] = target.user
    if target.key:
        given["client_keys"] = [str(Path(target.key).expanduser())]
    if target.known_hosts:
        pinned = Path(target.known_hosts).expanduser()
        # A file that is not there pins nothing.
        given["known_hosts"] = str(pinned) if pinned.is_file() else b""
    options = asyncssh.SSHClientConnectionOptions(host=target.hostname, **given)
    if not options.known_hosts and "known_hosts" not in given:
        # None would switch verification off ("UserKnownHostsFile none" in ssh_config means that to asyncssh).
        defaults = [str(path) for name in KNOWN_HOSTS if (path := Path(name).expanduser()).is_file()]
        given["known_hosts"] = b"" if options.known_hosts is None else (defaults or b"")
    return given, options


async def connect(target: Target, timeout: float) -> SshTransport:
    """Connect within `timeout` seconds, or raise Unreachable, HostKeyRefused or AuthenticationRefused."""
    where = f"{target.user + '@' if target.user else ''}{target.hostname}:{target.port}"
    client = _Client()
    helper: Proxy | None = None
    try:
        given, options = settings(target)
        if options.proxy_command:
            helper = Proxy([str(word) for word in options.proxy_command])
            given["sock"] = helper.socket
        async with asyncio.timeout(timeout):
            connection = await asyncssh.connect(target.hostname, client_factory=lambda: client, **given)
    except (OSError, asyncssh.Error, asyncssh.KeyImportError, asyncssh.ConfigParseError) as error:
        if helper is not None:
            await helper.close()
        raise connect_error(target, where, error, client.offered, timeout) from error
    return SshTransport(target, connection, helper)
