"""What cannot be judged, and text of a node in a form that terminals and reports can show."""

from trueup.outcome import printable

# Characters of one answer of a node in a message.
MAX_ANSWER = 300


class NoAnswer(Exception):
    """There is no answer to judge; the message says why."""


def printable_line(text: str, limit: int = MAX_ANSWER) -> str:
    """Return a node's text as one line without control characters, at most `limit` characters."""
    line = printable(text.replace("\n", "?"), len(text))
    return line if len(line) <= limit else line[:limit] + "..."
