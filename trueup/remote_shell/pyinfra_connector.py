"""The long-lived shell as pyinfra's connector `@trueup/NAME`; files travel by pyinfra's own SSH code.

What a deploy sees is what pyinfra's own ssh connector would show: exit statuses, lines, time-outs. Two things
differ, and on purpose: host keys are always strict, and a node in maintenance is never connected to.
"""

from collections.abc import Callable, Iterator
from typing import Any, cast

from gevent import get_hub
from pyinfra.api.arguments import ConnectorArguments
from pyinfra.api.command import StringCommand
from pyinfra.api.exceptions import ConnectError, InventoryError, PyinfraError
from pyinfra.api.output import echo, format_text
from pyinfra.connectors.base import DataMeta
from pyinfra.connectors.ssh import FileTransferClient, SSHConnector, connector_data_meta
from pyinfra.connectors.util import (
    CommandOutput,
    OutputLine,
    execute_command_with_sudo_retry,
    make_unix_command_for_host,
    write_stdin,
)
from typing_extensions import Unpack, override

from trueup.remote_shell import ConnectionLost, DeadlineExceeded, Result, Shell, ShellError, Target, gevent_compat
from trueup.remote_shell.gevent_compat import wait

# What pyinfra's own connector knows and the shared shell has no place for.
UNSUPPORTED = ("ssh_password", "ssh_key_password", "ssh_forward_agent", "ssh_paramiko_connect_kwargs")


gevent_compat.give_the_loop_a_thread()
# pyinfra prints what an operation raises; gevent would print it, too, with a traceback, once a node.
get_hub().NOT_ERROR = (*get_hub().NOT_ERROR, PyinfraError)


class _Stdin:
    """The buffer that write_stdin writes to."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        """Add data."""
        self.data += data

    def close(self) -> None:
        """Do nothing: the buffer stays readable."""


class LinePrinter:
    """Pass each line of two streams to `show(stream, line)` as soon as it is whole."""

    def __init__(self, show: Callable[[int, str], None]) -> None:
        self._show = show
        self._rest = {1: b"", 2: b""}

    def take(self, stream: int, data: bytes) -> None:
        """Add a piece of output."""
        *whole, self._rest[stream] = (self._rest[stream] + data).split(b"\n")
        for line in whole:
            self._show(stream, line.decode("utf-8", "backslashreplace"))

    def finish(self) -> None:
        """Show the last lines, which ended without a newline."""
        for stream, line in self._rest.items():
            if line:
                self._show(stream, line.decode("utf-8", "backslashreplace"))


def output_of(result: Result) -> CommandOutput:
    """Return the output as pyinfra keeps it."""
    streams = (("stdout", result.lines), ("stderr", result.err_lines))
    return CommandOutput([OutputLine(name, line) for name, lines in streams for line in lines])


class TrueupConnector(SSHConnector):
    """Commands through the node's one shell, which facts and operations share."""

    __examples_doc__ = '    hosts = [("@trueup/node1", {"ssh_hostname": "10.0.0.11"})]'

    data_meta = {**connector_data_meta, "ssh_strict_host_key_checking": DataMeta("Always yes", "yes")}  # noqa: RUF012  # as pyinfra declares it
    shell: Shell | None = None
    _files: FileTransferClient | None = None

    @override
    @staticmethod
    def make_names_data(name: str | None) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
        if not name:
            raise InventoryError("@trueup needs a name: @trueup/node1")
        yield name, {"ssh_hostname": name}, []

    def target(self) -> Target:
        """Return how the host is reached.

        Raises:
            ConnectError: The host has data that this connector does not honour.
        """
        data = self.data
        for key in UNSUPPORTED:
            if cast("dict[str, Any]", data)[key]:
                raise ConnectError(f"{key} is not for @trueup hosts: use a key, or ssh-agent, and ssh_config")
        if data["ssh_strict_host_key_checking"] != "yes":
            raise ConnectError("ssh_strict_host_key_checking can only be 'yes': pin the host's key instead")
        return Target.of_host_data(self.host.name, cast("dict[str, Any]", data))

    @override
    def connect(self) -> None:
        if self.host.data.get("maintenance"):
            return
        self.disconnect()
        try:
            self.shell = wait(Shell.open_async(self.target(), self.state.config.CONNECT_TIMEOUT))
        except ShellError as error:
            raise ConnectError(str(error)) from error

    @override
    def disconnect(self) -> None:
        self._files = None
        if self.client is not None:
            self.client.close()
            self.client = None
        if self.shell is not None:
            shell, self.shell = self.shell, None
            wait(shell.close_async())

    def start_background(self, command: str, marker: str, deadline_s: float) -> tuple[bool, str]:
        """Start a command that stays while the connection does; True once it printed the line ``marker``."""
        if self.shell is None:
            raise OSError(f"{self.host.name} is not connected; is it in maintenance in the inventory?")
        return wait(self.shell.start_background_async(command, marker, deadline_s))

    @override
    def get_file_transfer_connection(self) -> FileTransferClient | None:
        if self._files is None:
            # pyinfra's own connection, made when the first file travels.
            super().connect()
            self._files = SSHConnector.get_file_transfer_connection.__wrapped__(self)
        return self._files

    @override
    def run_shell_command(
        self,
        command: StringCommand,
        print_output: bool = False,
        print_input: bool = False,
        **arguments: Unpack[ConnectorArguments],
    ) -> tuple[bool, CommandOutput]:
        pty = arguments.pop("_get_pty", False)
        timeout = arguments.pop("_timeout", None)
        stdin = arguments.pop("_stdin", None)
        good = arguments.pop("_success_exit_codes", None) or [0]

        def execute() -> tuple[int, CommandOutput]:
            unix = make_unix_command_for_host(self.state, self.host, command, **arguments)
            if print_input:
                echo(f"{self.host.print_prefix}>>> {unix}", err=True)
            return self._execute(unix.get_raw_value(), stdin, timeout, pty=bool(pty), print_output=print_output)

        status, output = execute_command_with_sudo_retry(self.host, arguments, execute)
        return status in good, output

    def _execute(
        self, command: str, stdin: Any, timeout: int | None, *, pty: bool, print_output: bool
    ) -> tuple[int, CommandOutput]:
        if self.shell is None:
            raise OSError(f"{self.host.name} is not connected; is it in maintenance in the inventory?")
        buffer = _Stdin()
        if stdin:
            write_stdin(stdin, buffer)  # type: ignore[no-untyped-call]  # pyinfra leaves it untyped
        printer = LinePrinter(self._print)
        sent = buffer.data or None
        try:
            if pty:
                future = self.shell.submit_pty(command, stdin=sent, timeout=timeout)
            else:
                heard = printer.take if print_output else None
                future = self.shell.submit(command, stdin=sent, timeout=timeout, on_output=heard)
            result = wait(future)
        except ValueError as error:
            raise OSError(f"{self.host.name}: {error}") from error
        except DeadlineExceeded as error:
            raise TimeoutError(str(error)) from error
        except ConnectionLost as error:
            # As paramiko has it: no exit status came.
            return -1, CommandOutput([OutputLine("stderr", str(error))])
        if pty and print_output:
            printer.take(1, result.out)
        printer.finish()
        return result.rc, output_of(result)

    def _print(self, stream: int, line: str) -> None:
        # Called in the loop's thread, so that `-v` shows a line when it comes.
        echo(self.host.print_prefix + (format_text(line, "red") if stream == 2 else line), err=True)
