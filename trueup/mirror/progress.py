"""How long work on many files tells of its progress."""

from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)


class FetchProgress(Protocol):
    """Receive each file's start, progress in bytes, and end."""

    def start(self, name: str, size: int | None, done: int) -> None:
        """Work on a file begins; `done` bytes were there before."""

    def advance(self, name: str, count: int) -> None:
        """`count` more bytes are done; negative when a file is begun anew."""

    def finish(self, name: str) -> None:
        """The file is done."""


class NullProgress:
    """Says nothing."""

    def start(self, name: str, size: int | None, done: int) -> None:
        """Nothing."""

    def advance(self, name: str, count: int) -> None:
        """Nothing."""

    def finish(self, name: str) -> None:
        """Nothing."""


class ProgressBars:
    """One bar for the whole and one for each file at work, on standard error. A context manager."""

    def __init__(self, title: str, total: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._total = self._progress.add_task(title, total=total)
        self._tasks: dict[str, TaskID] = {}

    def start(self, name: str, size: int | None, done: int) -> None:
        """Add the file's bar."""
        self._tasks[name] = self._progress.add_task(name, total=size, completed=done)
        self._progress.advance(self._total, done)

    def advance(self, name: str, count: int) -> None:
        """Move both bars."""
        self._progress.advance(self._tasks[name], count)
        self._progress.advance(self._total, count)

    def finish(self, name: str) -> None:
        """Drop the file's bar."""
        self._progress.remove_task(self._tasks.pop(name))

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()
