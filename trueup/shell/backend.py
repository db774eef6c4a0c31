"""testinfra over the long-lived shell: its stock modules run unchanged.

Commands are what testinfra's own ssh:// backend would send; only the way they travel differs.
"""

import locale
from typing import Any

from testinfra.backend.base import BaseBackend, CommandResult
from testinfra.host import Host

from trueup.shell.shell import Shell


class ShellBackend(BaseBackend):  # type: ignore[misc]  # testinfra carries no py.typed
    """One shell as a testinfra backend; deadline_s: of each command, so that no check can hang."""

    NAME = "trueup"

    def __init__(self, shell: Shell, *, sudo: bool = False, deadline_s: float | None = 60.0) -> None:
        super().__init__(shell.name, sudo=sudo)
        self._shell = shell
        self._deadline_s = deadline_s

    def run(self, command: str, *args: str, **_kwargs: Any) -> CommandResult:
        """Run a command; raises ShellError when its result cannot be had."""
        text = self.get_command(command, *args)
        result = self._shell.run(text, timeout=self._deadline_s)
        return self.result(result.rc, self.encode(text), result.out, result.err)

    def get_encoding(self) -> str:
        """UTF-8, or what this machine speaks; testinfra's own would run Python, which nodes need not have."""
        encoding = locale.getpreferredencoding()
        return "UTF-8" if encoding == "ANSI_X3.4-1968" else encoding


def host_for(shell: Shell, sudo: bool = False, deadline_s: float | None = 60.0) -> Host:
    """testinfra's Host on this shell; sudo: testinfra asks for it command by command."""
    backend = ShellBackend(shell, sudo=sudo, deadline_s=deadline_s)
    host = Host(backend)
    backend.set_host(host)
    return host
