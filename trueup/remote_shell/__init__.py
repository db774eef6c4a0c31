"""One long-lived POSIX sh per node over one SSH connection, for both frameworks.

Others import the names of ``__all__`` from here, and nothing behind. pyinfra's connector `@trueup/NAME`
(pyinfra_connector.py) is reached through its entry point alone.

    Target(name, hostname, port=22, user=None, key=None, known_hosts=None, config_file=None, sudo=False)
        Target.of_node(node)
    Result(rc: int, out: bytes, err: bytes)   .text, .err_text (UTF-8, invalid bytes escaped), .ok
    Shell(target, connect_timeout=10.0)       connects, or raises one of the errors below
        .run(command, *, stdin=None, timeout=None, on_output=None) -> Result
        .submit(command, ...) -> concurrent.futures.Future[Result]      pipelining; results keep their order
        .prefetch(command, ...)                                         the next run() of it gets this result
        .run_pty(command, *, stdin=None, timeout=None) -> Result        a session of its own, with a terminal
        .start_background(command, marker, deadline_s) -> (started, output)   a command that stays while the shell does
        .close()                                                        also a context manager
        Shell.open_async(target), .submit_pty(...), .start_background_async(...), .close_async()   as futures
    Shell.over(transport)                     over a local process: LocalTransport
    connect_all(targets, timeout=10.0) -> dict[name, Shell | ShellError]   all at once; never raises for a node
    as_testinfra_host(shell, sudo=False) -> testinfra.host.Host            its backend is a ShellBackend
    with_private_tmp(command) -> str          the command with a TMPDIR that only it sees

Each command runs as `sh -c COMMAND` in a session of its own, standard input from `stdin` or /dev/null.
`timeout` is in seconds and counts from the moment the command starts on the node; when it ends, the
command and all its children are killed there and DeadlineExceeded is raised; the shell goes on.
Errors: ShellError and its kinds Unreachable, HostKeyRefused, AuthenticationRefused, DeadlineExceeded,
ConnectionLost, NotAShell; each has .node, .step, .expected, .actual, .remedy. A command that a shell cannot carry
(a NUL, over 128 KiB) is a ValueError.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from trueup.remote_shell.errors import (
    AuthenticationRefused,
    ConnectionLost,
    DeadlineExceeded,
    HostKeyRefused,
    NotAShell,
    ShellError,
    Unreachable,
)
from trueup.remote_shell.private_tmp import with_private_tmp
from trueup.remote_shell.shell import Shell, connect_all
from trueup.remote_shell.target import Result, Target
from trueup.remote_shell.transport import LocalTransport

if TYPE_CHECKING:
    from trueup.remote_shell.testinfra_backend import ShellBackend, as_testinfra_host

__all__ = [
    "AuthenticationRefused",
    "ConnectionLost",
    "DeadlineExceeded",
    "HostKeyRefused",
    "LocalTransport",
    "NotAShell",
    "Result",
    "Shell",
    "ShellBackend",
    "ShellError",
    "Target",
    "Unreachable",
    "as_testinfra_host",
    "connect_all",
    "with_private_tmp",
]


def __getattr__(name: str) -> object:
    """Load testinfra only for a program that uses it."""
    if name in ("ShellBackend", "as_testinfra_host"):
        return getattr(import_module("trueup.remote_shell.testinfra_backend"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
