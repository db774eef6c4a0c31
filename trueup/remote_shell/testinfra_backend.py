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
    """A check's body, run for its commands, has come to one without a result.

    No Exception, because a check that catches those must not catch this.
    """

    def __init__(self, *, can_prefetch: bool) -> None:
        """Stop the body.

        Args:
            can_prefetch: The command goes into the next batch; the body can run on after it.
        """
        super().__init__(can_prefetch)
        self.can_prefetch = can_prefetch


class ShellBackend(BaseBackend):  # type: ignore[misc]  # testinfra carries no py.typed
    """One shell as a testinfra backend, with results that were fetched before a check.

    A prefetched result serves a check only until the check sends a command that may change something.
    """

    NAME = "trueup"

    def __init__(self, shell: Shell, *, sudo: bool = False, deadline_s: float | None = 60.0) -> None:
        """Take over a shell.

        Args:
            shell: The node's.
            sudo: testinfra puts sudo before each command.
            deadline_s: Of each command, so that no check can hang.
        """
        super().__init__(shell.name, sudo=sudo)
        self._shell = shell
        self._deadline_s = deadline_s
        self._results: dict[str, Result] = {}
        self._prefetched: set[str] = set()
        self._pending: dict[str, None] = {}
        self._finding = False
        self._only_reads = False
        self._sent = shell.sent

    def __repr__(self) -> str:
        # Part of testinfra's messages: an address in memory would make each run's another text.
        return str(self.get_pytest_id())

    def run(self, command: str, *args: str, **_kwargs: Any) -> CommandResult:
        """Run a command; raises ShellError when its result cannot be had."""
        text = self.get_command(command, *args)
        result = self._prefetched_result(text)
        if result is None:
            result = self._shell.run(text, timeout=self._deadline_s)
            if self._reads(text) and self._shell.sent == self._sent + 1:
                self._sent += 1
        return self.result(result.rc, self.encode(text), result.out, result.err)

    def start_check(self, *, only_reads: bool = False) -> None:
        """Make the prefetched results valid for a check that starts now.

        Args:
            only_reads: The check is marked so: each of its commands only reads.
        """
        self._only_reads = only_reads
        self._sent = self._shell.sent

    def find_command(self, body: Callable[[], object], *, only_reads: bool = False) -> bool:
        """Run a check's body on the results so far; True where it stopped at a command for the next batch."""
        self._finding, self._only_reads = True, only_reads
        try:
            body()
        except NeedsCommand as stopped:
            return stopped.can_prefetch
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001  # the check raises it again when it runs, and reports it there
            return False
        finally:
            self._finding = False
        return False

    def send_pending(self, timeout: float) -> "list[Future[dict[str, Result]]]":
        """Send the commands that find_command() stopped at, in batches."""
        pending, self._pending = self._pending, {}
        self._prefetched |= set(pending)
        futures = batch.submit(self._shell, pending, timeout)
        self._sent = self._shell.sent
        return futures

    def keep_results(self, results: dict[str, Result]) -> None:
        """Keep a batch's results for the checks."""
        self._results |= results

    def _prefetched_result(self, text: str) -> Result | None:
        result = self._results.get(text) if self._shell.sent == self._sent else None
        if result is None and self._finding:
            can_prefetch = text not in self._prefetched and self._reads(text)
            if can_prefetch:
                self._pending[text] = None
            raise NeedsCommand(can_prefetch=can_prefetch)
        return result

    def _reads(self, text: str) -> bool:
        return batch.is_read_only(text) or (self._only_reads and batch.fits(text))

    def get_encoding(self) -> str:
        """UTF-8, or what this machine speaks; testinfra's own would run Python, which nodes need not have."""
        encoding = locale.getpreferredencoding()
        return "UTF-8" if encoding == "ANSI_X3.4-1968" else encoding


def as_testinfra_host(shell: Shell, sudo: bool = False, deadline_s: float | None = 60.0) -> Host:
    """Return testinfra's Host on this shell; see ShellBackend for the arguments."""
    backend = ShellBackend(shell, sudo=sudo, deadline_s=deadline_s)
    host = Host(backend)
    backend.set_host(host)
    return host
