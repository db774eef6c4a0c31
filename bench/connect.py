"""What connecting alone costs the controller: a shell each to many endpoints, beside an OpenSSH client each.

Run by bench.scale, as a process of its own: `python -m bench.connect PLACE`, where PLACE has endpoints.json.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from bench import fleet, measure
from bench.accept import reached
from bench.facts import Endpoint

CONNECT_S = 300.0


def ours(place: Path, endpoints: list[Endpoint]) -> fleet.Cost:
    """One process that connects to all, asks each for nothing, and leaves; Python's own start is in it."""
    (place / "endpoints.json").write_text(json.dumps([asdict(each) for each in endpoints]))
    return _cost([sys.executable, "-m", "bench.connect", str(place)], place)


def by_ssh(place: Path, endpoints: list[Endpoint], at_once: int) -> fleet.Cost:
    """As many clients, so many at once, each with `true`."""
    one = endpoints[0]
    (place / "names").write_text("".join(f"{one.user}@{each.address}\n" for each in endpoints))
    each = ["xargs", "-a", str(place / "names"), "-P", str(at_once), "-I{}"]
    return _cost([*each, *one.ssh, "-n", "{}", "true"], place)


def _cost(command: list[str], place: Path) -> fleet.Cost:
    done = fleet.costs(command, dict(os.environ), place / "log")
    if done.status != 0:
        raise measure.Failed(f"wanted every endpoint connected to, found {done.output[-1000:]}")
    return done.cost


def main() -> None:
    """Connect to all; the first that cannot be connected to ends it."""
    endpoints = [Endpoint(**each) for each in json.loads((Path(sys.argv[1]) / "endpoints.json").read_text())]
    for closing in [shell.close_async() for shell in reached(endpoints, CONNECT_S).values()]:
        closing.result()


if __name__ == "__main__":
    main()
