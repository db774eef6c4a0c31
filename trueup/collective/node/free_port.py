"""Print, as JSON, the first free port of a range and the owners of those before it.

Runs on a node, given over standard input: python -I - FIRST LAST < free_port.py
"""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path


def is_free(port: int) -> bool:
    """Test whether a server could listen on the port at every address of this machine."""
    dual = socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if dual else socket.AF_INET
    try:
        socket.create_server(("", port), family=family, dualstack_ipv6=dual).close()
    except OSError:
        return False
    return True


def _inodes(port: int) -> set[str]:
    # proc(5), net/tcp: local address in field 1, state in field 3 (0A is LISTEN), inode in field 9.
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:] if Path(table).exists() else []:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found


def holder(port: int) -> str:
    """Return the id and command line of the process that listens on the port, as far as this account can see."""
    sockets = _inodes(port)
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if any(os.readlink(link) in sockets for link in (entry / "fd").iterdir()):
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
                return f"process {entry.name} ({' '.join(words).strip()[:80]})"
        except OSError:
            continue
    return "a process of another account" if sockets else "a socket that no process owns any more"


def first_free(first: int, last: int) -> dict[str, object]:
    """Return {"port": the first free one or None, "held": [[port, holder], ...] of those before it}."""
    held: list[list[object]] = []
    for port in range(first, last + 1):
        if is_free(port):
            return {"port": port, "held": held}
        held.append([port, holder(port)])
    return {"port": None, "held": held}


if __name__ == "__main__":
    print(json.dumps(first_free(int(sys.argv[1]), int(sys.argv[2]))))
