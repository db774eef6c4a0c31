"""What the ranks print, whole line by whole line, each with the node and the rank that printed it."""

import re
from collections.abc import Sequence

# torchrun with --tee puts the role, "default" where none is given, and the local rank before each line.
_LOCAL = re.compile(r"\[default(\d+)\]:(.*)", re.S)


class Voices:
    """Pieces of output in, lines out; nodes are given in the order of their ranks."""

    def __init__(self, nodes: Sequence[str], ranks_per_node: int) -> None:
        self._first = {name: at * ranks_per_node for at, name in enumerate(nodes)}
        self._begun: dict[str, bytes] = dict.fromkeys(nodes, b"")

    def heard(self, node: str, data: bytes) -> list[str]:
        """The lines that these bytes complete; what comes after the last line end is kept for the next call."""
        *whole, self._begun[node] = (self._begun[node] + data).split(b"\n")
        return [self._named(node, line.decode("utf-8", "backslashreplace").rstrip("\r")) for line in whole]

    def _named(self, node: str, line: str) -> str:
        match = _LOCAL.fullmatch(line)
        if match is None:
            return f"{node} | {line}"
        return f"{node} rank {self._first[node] + int(match[1])} | {match[2]}"
