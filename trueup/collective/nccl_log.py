"""Reads what NCCL prints under NCCL_DEBUG=INFO: the interface and transport that it really used, its warnings."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

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
    """version: e.g. "2.14.3+cuda11.7"; bootstrap: interface; sockets: interfaces of NET/Socket, in their order;
    network: "Socket", "IB", a plugin's name; transports: by ordered pair of ranks; warnings: in their order.
    """

    version: str | None
    bootstrap: str | None
    sockets: tuple[str, ...]
    network: str | None
    transports: dict[Pair, str]
    warnings: tuple[str, ...]


def parse(text: str) -> NcclLog:
    """The facts in the output of one node; whatever else is printed there is passed over."""
    version = _VERSION.search(text)
    lines = [match.groups() for match in map(_LINE.search, text.splitlines()) if match]
    told = [words for level, words in lines if level == "INFO"]
    sockets = [words for words in told if words.startswith("NET/Socket : Using")]
    channels = [match for match in map(_CHANNEL.match, told) if match]
    return NcclLog(
        version=version[1] if version else None,
        bootstrap=_first(_BOOTSTRAP, told),
        sockets=tuple(dict.fromkeys(name for words in sockets for name in _SOCKETS.findall(words))),
        network=_first(_NETWORK, told),
        transports={(int(m[1]), int(m[2])): _transport(m[3]) for m in channels},
        warnings=tuple(dict.fromkeys(words for level, words in lines if level == "WARN")),
    )


def _first(pattern: re.Pattern[str], told: Iterable[str]) -> str | None:
    return next((match[1] for match in map(pattern.match, told) if match), None)


def _transport(words: str) -> str:
    # "NET/Socket/0", "NET/IB/5/GDRDMA", "P2P/IPC/read", "SHM/direct/direct"; before 2.11 "direct shared memory".
    if "shared memory" in words:
        return "SHM"
    parts = words.split("/")
    return f"{parts[0]}/{parts[1]}" if parts[0] == "NET" and len(parts) > 1 else parts[0]


def complaints(heard: NcclLog, node: str, interface: str, ranks: Iterable[int]) -> list[str]:
    """What is not as declared on a node: another interface, ranks of one node that meet over the network."""
    if heard.bootstrap is None:
        return [f"{node}: NCCL said nothing of its interface under NCCL_DEBUG=INFO: what it used is not known"]
    lines = []
    used = {heard.bootstrap, *heard.sockets}
    if used - {interface}:
        lines.append(f"{node}: NCCL used {', '.join(sorted(used))}, declared is {interface}; set NCCL_SOCKET_IFNAME")
    own = set(ranks)
    over = sorted(p for p, way in heard.transports.items() if set(p) <= own and way.startswith("NET"))
    if over:
        lines.append(f"{node}: ranks {over[0][0]} and {over[0][1]} of one node meet over the network, not in memory")
    return lines
