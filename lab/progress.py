"""Show the running steps on standard error, and each step's time at its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Steps:
    """Shows every running step with a spinner and its time; leaves one line per finished step.

    Steps may run at once in several threads. Without a terminal, a line is printed at start and end.
    """

    def __init__(self, console: Console | None = None) -> None:
        """Write to console, by default standard error."""
        self.console = console or Console(stderr=True, highlight=False)
        self.progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )

    def __enter__(self) -> Self:
        """Begin to draw."""
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop drawing."""
        self.progress.stop()

    def say(self, text: str) -> None:
        """Leave one line."""
        self.console.print(text, markup=False, soft_wrap=True)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Draw nothing while the block draws its own bars."""
        self.progress.stop()
        yield
        self.progress.start()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show title while the block runs; a block that raises leaves a line that says so."""
        if not self.console.is_terminal:
            self.say(f"  ... {title}")
        task = self.progress.add_task(title, total=None)
        began = monotonic()
        mark = "failed"
        try:
            yield
            mark = "ok"
        finally:
            self.progress.remove_task(task)
            self.say(f"{mark:>6} {title} ({monotonic() - began:.1f} s)")
