"""What connecting alone costs the controller: a shell each to many endpoints, beside an OpenSSH client each.

Run by bench.scale, as a process of its own: `python -m bench.connect PLACE`, where PLACE has endpoints.json.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from bench import fleet, measure
from bench.facts import Endpoint
from trueup.shell import ShellError, Target, connect_all

CONNECT_S = 300.0


def ours(place: Path, endpoints: list[Endpoint]) -> fleet.Cost:
    """One process that connects to all, asks each for nothing, and leaves; Python's own start is in it."""
    (place / "endpoints.json").write_text(json.dumps([asdict(each) for each in endpoints]))
    return _cost([sys.executable, "-m", "bench.connect", str(place)], place)


def by_ssh(place: Path, endpoints: list[Endpoint], at_once: int) -> fleet.Cost:
    """As many clients, so many at once, each with `true`."""
    one = endpoints[0]
    (place / "names").write_text("".join(f"{one.user}@{each.address}\n" for each in endpoints))
    command = ["xargs", "-a", str(place / "names"), "-P", str(at_once), "-I{}"]
    command += ["ssh", "-n", "-F", "none", "-i", one.key, "-o", f"UserKnownHostsFile={one.known_hosts}"]
    return _cost([*command, "-o", "BatchMode=yes", "-p", str(one.port), "{}", "true"], place)


def _cost(command: list[str], place: Path) -> fleet.Cost:
    done = fleet.costs(command, dict(os.environ), place / "log")
    if done.status != 0:
        raise measure.Failed(f"wanted every endpoint connected to, found {done.output[-1000:]}")
    return done.cost


def main() -> None:
    """Connect to all; the first that cannot be connected to ends it."""
    endpoints = [Endpoint(**each) for each in json.loads((Path(sys.argv[1]) / "endpoints.json").read_text())]
    targets = [Target(e.name, e.address, e.port, e.user, e.key, e.known_hosts) for e in endpoints]
    shells = connect_all(targets, timeout=CONNECT_S)
    for shell in shells.values():
        if isinstance(shell, ShellError):
            raise shell
    for closing in [shell.close_soon() for shell in shells.values() if not isinstance(shell, ShellError)]:
        closing.result()


if __name__ == "__main__":
    main()
