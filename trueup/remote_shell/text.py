"""Bytes as lines of text; bytes that are not UTF-8 are shown as \\xNN. Pure."""

from collections.abc import Callable


def split(data: bytes) -> list[str]:
    """The lines, without their newlines; only a newline ends one."""
    pieces = data.decode("utf-8", "backslashreplace").split("\n")
    return pieces if pieces[-1] else pieces[:-1]


class Lines:
    """Gives each line of two streams to `show(stream, line)` as soon as it is whole."""

    def __init__(self, show: Callable[[int, str], None]) -> None:
        self._show = show
        self._rest = {1: b"", 2: b""}

    def take(self, stream: int, data: bytes) -> None:
        """A piece of output."""
        *whole, self._rest[stream] = (self._rest[stream] + data).split(b"\n")
        for line in whole:
            self._show(stream, line.decode("utf-8", "backslashreplace"))

    def finish(self) -> None:
        """What ended without a newline."""
        for stream, line in self._rest.items():
            if line:
                self._show(stream, line.decode("utf-8", "backslashreplace"))
