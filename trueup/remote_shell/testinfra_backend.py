"""testinfra over the long-lived shell: its stock modules run unchanged.

Commands are what testinfra's own ssh:// backend would send; only the way they travel differs.
"""

import locale
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from testinfra.backend.base import BaseBackend, CommandResult
from testinfra.host import Host

from trueup.remote_shell import batch
from trueup.remote_shell.shell import Shell
from trueup.remote_shell.target import Result


class NeedsCommand(BaseException):
    """A rehearsal has come to a question without an answer. A check that catches exceptions must not catch this.

    later: the question is to be asked ahead; then the check can be rehearsed further.
    """

    def __init__(self, *, later: bool) -> None:
        super().__init__(later)
        self.later = later


class ShellBackend(BaseBackend):  # type: ignore[misc]  # testinfra carries no py.typed
    """One shell as a testinfra backend; deadline_s: of each command, so that no check can hang.

    rehearse(), ask_ahead(): what checks will ask is found by running them without a node, and asked in one go.
    An answer that came ahead serves a check only until something else was sent to the node on that check's behalf.
    """

    NAME = "trueup"

    def __init__(self, shell: Shell, *, sudo: bool = False, deadline_s: float | None = 60.0) -> None:
        super().__init__(shell.name, sudo=sudo)
        self._shell = shell
        self._deadline_s = deadline_s
        self._answers: dict[str, Result] = {}
        self._asked: set[str] = set()
        self._wanted: dict[str, None] = {}
        self._rehearsing = False
        self._reads = False
        self._sent = shell.sent

    def __repr__(self) -> str:
        # Part of testinfra's messages: an address in memory would make each run's another text.
        return str(self.get_pytest_id())

    def run(self, command: str, *args: str, **_kwargs: Any) -> CommandResult:
        """Run a command; raises ShellError when its result cannot be had."""
        text = self.get_command(command, *args)
        result = self._ahead(text)
        if result is None:
            result = self._shell.run(text, timeout=self._deadline_s)
            if self._is_look(text) and self._shell.sent == self._sent + 1:
                self._sent += 1
        return self.result(result.rc, self.encode(text), result.out, result.err)

    def begin(self, *, reads: bool = False) -> None:
        """A check begins: what was asked ahead of it is good until the check sends something else.

        reads: whoever wrote the check vouches that each of its commands only reads.
        """
        self._reads = reads
        self._sent = self._shell.sent

    def rehearse(self, check: Callable[[], object], *, reads: bool = False) -> bool:
        """Run the check on the answers that are there; True where it stopped at a question to be asked ahead."""
        self._rehearsing, self._reads = True, reads
        try:
            check()
        except NeedsCommand as unknown:
            return unknown.later
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001  # the check itself, when it is run, says whatever there is to say
            return False
        finally:
            self._rehearsing = False
        return False

    def ask_ahead(self, timeout: float) -> "list[Future[dict[str, Result]]]":
        """Send the questions that rehearsals stopped at."""
        wanted, self._wanted = self._wanted, {}
        self._asked |= set(wanted)
        sent = batch.ask(self._shell, wanted, timeout)
        self._sent = self._shell.sent
        return sent

    def learn(self, answers: dict[str, Result]) -> None:
        """Keep what came back."""
        self._answers |= answers

    def _ahead(self, text: str) -> Result | None:
        known = self._answers.get(text) if self._shell.sent == self._sent else None
        if known is None and self._rehearsing:
            later = text not in self._asked and self._is_look(text)
            if later:
                self._wanted[text] = None
            raise NeedsCommand(later=later)
        return known

    def _is_look(self, text: str) -> bool:
        return batch.is_look(text) or (self._reads and batch.can_travel(text))

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
