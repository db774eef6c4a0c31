"""A pytest plugin, `-p tests.e2e.plain_ssh_backend`: acceptance without the long-lived shell.

Each command is an OpenSSH client of its own, and testinfra's host is its stock ssh:// backend; the connection alone is
shared (ControlPath), or four hundred checks would take minutes.
"""

import subprocess
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from shlex import quote
from typing import Any

import pytest
import testinfra
from testinfra.host import Host

from trueup.accept import connections
from trueup.remote_shell import Result, Shell, ShellError, Target

_POOL = ThreadPoolExecutor(16)
# A Unix socket's path has 108 bytes at most.
_PLACE = tempfile.TemporaryDirectory(prefix="by-ssh-")


class PlainShell(Shell):
    """The same calls; nothing stays on the node between two of them."""

    def __init__(self, target: Target) -> None:
        self.name, self.sent, self.sudo = target.name, 0, target.sudo
        assert not target.sudo, "this comparison logs in as root"
        self.config = Path(_PLACE.name) / f"{target.name}.config"
        self.config.write_text(
            f"Host {target.name}\n  HostName {target.hostname}\n  Port {target.port}\n  User {target.user}\n"
            f"  IdentityFile {target.key}\n  UserKnownHostsFile {target.known_hosts}\n  LogLevel ERROR\n"
            f"  ControlMaster auto\n  ControlPersist 60\n  ControlPath {_PLACE.name}/%C\n",
            encoding="utf-8",
        )

    def submit(
        self,
        command: str,
        *,
        stdin: bytes | None = None,
        timeout: float | None = None,
        on_output: Callable[[int, bytes], None] | None = None,
    ) -> Future[Result]:
        """A client of its own, in a thread of its own: a check may listen on one node and call from another."""
        return _POOL.submit(self._client, command, stdin or b"", timeout, on_output)

    def _client(
        self, command: str, stdin: bytes, timeout: float | None, told: Callable[[int, bytes], None] | None
    ) -> Result:
        words = ["ssh", "-F", str(self.config), self.name, f"sh -c {quote(command)}"]
        if told is None:
            done = subprocess.run(words, input=stdin, capture_output=True, timeout=timeout, check=False)
            return Result(done.returncode, done.stdout, done.stderr)
        out = b""
        with subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as client:
            assert client.stdin is not None
            assert client.stdout is not None
            client.stdin.write(stdin)
            client.stdin.close()
            for line in client.stdout:
                out += line
                told(1, line)
        return Result(client.returncode, out, b"")

    def start_background(self, _command: str, _marker: str, _deadline_s: float) -> tuple[bool, str]:
        """Report the node lock as taken: nothing else converges the node in this test."""
        return True, ""

    def close_async(self) -> Future[None]:
        """End the shared connection."""
        subprocess.run(["ssh", "-F", str(self.config), "-O", "exit", self.name], stderr=subprocess.DEVNULL, check=False)
        ended: Future[None] = Future()
        ended.set_result(None)
        return ended


def connect_all(targets: Iterable[Target], *_: Any) -> dict[str, Shell | ShellError]:
    """In place of the shell's own."""
    return {target.name: PlainShell(target) for target in targets}


def as_testinfra_host(shell: PlainShell) -> Host:
    """testinfra's own way to a node."""
    return testinfra.get_host(f"ssh://{shell.name}", ssh_config=str(shell.config))


def pytest_configure(config: pytest.Config) -> None:
    """Take the shell's place; prefetching is refused, because it needs the shell."""
    assert not config.getoption("prefetch"), "give --no-prefetch, too"
    patch = pytest.MonkeyPatch()
    patch.setattr(connections, "connect_all", connect_all)
    patch.setattr(connections, "as_testinfra_host", as_testinfra_host)
    patch.setattr(connections.ShellPool, "start_check", lambda _self, _node, *, only_reads: None)
