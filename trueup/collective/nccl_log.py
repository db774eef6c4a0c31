"""Read what NCCL prints under NCCL_DEBUG=INFO: the interface and transport that it used, its warnings."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trueup.collective.job_problem import JobProblem, job_problem

# host:pid:tid [device] [file:line] NCCL LEVEL text; newer versions put a time before it, launchers a rank.
_LINE = re.compile(r"\S+:\d+:\d+ \[\d+\] (?:\S+ )?NCCL (INFO|WARN) (.*)")
_VERSION = re.compile(r"NCCL version (\d[\w.+]*)")
_BOOTSTRAP = re.compile(r"Bootstrap ?: Using (?:\[\d+\])?([^\s:]+):(\S+)<\d+>")
_SOCKETS = re.compile(r"\[\d+\]([^\s:]+):\S+<\d+>")
_NETWORK = re.compile(r"Using network (\S+)")
_CHANNEL = re.compile(r"Channel \d+(?:/\d+)? : (\d+)\[\w+\] -> (\d+)\[\w+\] (?:\[(?:send|receive)\] )?via (.+)")

Pair = tuple[int, int]


@dataclass(frozen=True)
class NcclLog:
    """The facts in NCCL's output on one node."""

    version: str | None
    """Such as "2.14.3+cuda11.7"."""
    bootstrap: str | None
    """The interface of the bootstrap."""
    sockets: tuple[str, ...]
    """The interfaces of NET/Socket, in their order."""
    network: str | None
    """"Socket", "IB", or a plugin's name."""
    transports: dict[Pair, str]
    """By ordered pair of ranks."""
    warnings: tuple[str, ...]
    """In their order."""


def parse(text: str) -> NcclLog:
    """Return the facts in the output of one node; other lines are ignored."""
    version = _VERSION.search(text)
    lines = [match.groups() for match in map(_LINE.search, text.splitlines()) if match]
    texts = [words for level, words in lines if level == "INFO"]
    sockets = [words for words in texts if words.startswith("NET/Socket : Using")]
    channels = [match for match in map(_CHANNEL.match, texts) if match]
    return NcclLog(
        version=version[1] if version else None,
        bootstrap=_first(_BOOTSTRAP, texts),
        sockets=tuple(dict.fromkeys(name for words in sockets for name in _SOCKETS.findall(words))),
        network=_first(_NETWORK, texts),
        transports={(int(m[1]), int(m[2])): _transport(m[3]) for m in channels},
        warnings=tuple(dict.fromkeys(words for level, words in lines if level == "WARN")),
    )


def _first(pattern: re.Pattern[str], texts: Iterable[str]) -> str | None:
    return next((match[1] for match in map(pattern.match, texts) if match), None)


def _transport(words: str) -> str:
    # "NET/Socket/0", "NET/IB/5/GDRDMA", "P2P/IPC/read", "SHM/direct/direct"; before 2.11 "direct shared memory".
    if "shared memory" in words:
        return "SHM"
    parts = words.split("/")
    return f"{parts[0]}/{parts[1]}" if parts[0] == "NET" and len(parts) > 1 else parts[0]


def complaints(log: NcclLog, node: str, interface: str, ranks: Iterable[int]) -> Iterator[JobProblem]:
    """Report an undeclared interface, and ranks of one node that meet over the network."""
    if log.bootstrap is None:
        yield job_problem(
            node,
            "NCCL",
            expected="NCCL's interface under NCCL_DEBUG=INFO",
            actual="no such line",
            message=f"{node}: NCCL said nothing of its interface under NCCL_DEBUG=INFO: what it used is not known",
        )
        return
    used = {log.bootstrap, *log.sockets}
    if used - {interface}:
        listed = ", ".join(sorted(used))
        yield job_problem(
            node,
            "NCCL",
            expected=f"interface {interface}, as declared",
            actual=listed,
            remedy="set NCCL_SOCKET_IFNAME",
            message=f"{node}: NCCL used {listed}, declared is {interface}; set NCCL_SOCKET_IFNAME",
        )
    own = set(ranks)
    over = sorted(pair for pair, way in log.transports.items() if set(pair) <= own and way.startswith("NET"))
    if over:
        first, second = over[0]
        yield job_problem(
            node,
            "NCCL",
            expected="ranks of one node that meet in memory",
            actual=f"ranks {first} and {second} meet over the network",
            remedy="see NCCL_P2P_DISABLE, NCCL_SHM_DISABLE and the size of /dev/shm there",
            message=f"{node}: ranks {first} and {second} of one node meet over the network, not in memory",
        )
