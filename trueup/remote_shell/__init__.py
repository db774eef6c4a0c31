"""One long-lived POSIX sh per node over one SSH connection, for both frameworks.

    Target(name, hostname, port=22, user=None, key=None, known_hosts=None, config_file=None, sudo=False)
    Result(rc: int, out: bytes, err: bytes)   .text, .err_text (UTF-8, bad bytes escaped), .ok
    Shell(target, connect_timeout=10.0)       connects, or raises one of the errors below
        .run(command, *, stdin=None, timeout=None, on_output=None) -> Result
        .submit(command, ...) -> concurrent.futures.Future[Result]      pipelining; answers keep their order
        .run_pty(command, *, stdin=None, timeout=None) -> Result        a session of its own, with a terminal
        .hold(command, mark, deadline_s) -> (held, said)                a command that stays while the shell does
        .close()                                  also a context manager
        Shell.open_soon(target), .submit_pty(...), .close_soon()          the same, as futures
    Shell.over(transport)                         over a local process: trueup.remote_shell.transport.LocalTransport
    connect_all(targets, timeout=10.0) -> dict[name, Shell | ShellError]   all at once; never raises for a node
    host_for(shell, sudo=False) -> testinfra.host.Host                 in trueup.remote_shell.testinfra_backend

Each command runs as `sh -c COMMAND` in a session of its own, standard input from `stdin` or /dev/null.
`timeout` is in seconds and counts from the moment the command starts on the node; when it ends, the
command and all its children are killed there and DeadlineExceeded is raised; the shell goes on.
Errors: ShellError and its kinds Unreachable, HostKeyRefused, AuthenticationRefused, DeadlineExceeded,
ConnectionLost, NotAShell; each has .node, .step, .expected, .actual, .remedy. A command that a shell cannot carry
(a NUL, over 128 KiB) is a ValueError.
"""

from trueup.remote_shell.errors import (
    AuthenticationRefused,
    ConnectionLost,
    DeadlineExceeded,
    HostKeyRefused,
    NotAShell,
    ShellError,
    Unreachable,
)
from trueup.remote_shell.shell import Shell, connect_all
from trueup.remote_shell.target import Result, Target

__all__ = [
    "AuthenticationRefused",
    "ConnectionLost",
    "DeadlineExceeded",
    "HostKeyRefused",
    "NotAShell",
    "Result",
    "Shell",
    "ShellError",
    "Target",
    "Unreachable",
    "connect_all",
]
