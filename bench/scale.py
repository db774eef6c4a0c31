"""Many endpoints from one controller: a hundred checks on each, gathered, judged and recorded through `pytest -n auto`.

    python -m bench.scale [--sizes 10,100,300,1000] [--limit-at 16]

Beside it the bare limit: OpenSSH clients at their best parallelism, each with one script that asks the same. One lab
node's sshd stands in for all endpoints, so most of the wall time is that node's, for both alike.
"""

import json
import os
import shlex
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from bench import connect, fleet, measure
from bench.accept import gather_facts, lab
from bench.facts import Endpoint, Fact

CHECKS = 100
# What a client is tried with on a hundred endpoints; the best is taken for all sizes.
TRIED = (4, 8, 16, 32)
# Endpoints for the cost of connecting alone, which is the same for each.
CONNECTED = 300


def ours(place: Path, endpoints: list[Endpoint], known: list[Fact]) -> fleet.Cost:
    """Our acceptance; every record must be there and hold."""
    answers = place / "records.json"
    done = fleet.accepted(place, endpoints, known, answers)
    if done.status != 0:
        raise measure.Failed(f"wanted exit status 0, found {done.status}:\n{_told(answers)}\n{done.output[-500:]}")
    found = fleet.records(answers)
    if len(found) != len(endpoints) or any(each != {"pass"} for each in found.values()):
        raise measure.Failed(f"wanted {len(endpoints)} nodes that hold, found {len(found)}")
    return done.cost


def _told(answers: Path) -> str:
    """What the first records that do not hold say."""
    bad = [each for each in json.loads(answers.read_text()) if each["outcome"] != "pass"] if answers.exists() else []
    return "\n".join(f"{each['node']}: {each['check']}: {each['message'][:500]}" for each in bad[:3])


def by_ssh(place: Path, endpoints: list[Endpoint], known: list[Fact], at_once: int) -> fleet.Cost:
    """One OpenSSH client and one script an endpoint; xargs costs the controller next to nothing."""
    one = endpoints[0]
    (place / "script").write_bytes(fleet.script(known))
    (place / "names").write_text("".join(f"{each.address}\n" for each in endpoints))
    wanted = len(known)
    ask = f'[ "$({shlex.join(one.ssh)} {one.user}@$1 sh -s <{place}/script | wc -l)" = {wanted} ]'
    command = ["xargs", "-a", str(place / "names"), "-P", str(at_once), "-n", "1", "sh", "-c", ask, "ask"]
    done = fleet.costs(command, dict(os.environ), place / "log")
    if done.status != 0:
        raise measure.Failed(f"an ssh client gave a wrong answer: {done.output[-1000:]}")
    return done.cost


@click.command()
@click.option("--sizes", default="10,100,300,1000", show_default=True, help="Endpoints, separated by commas.")
@click.option("--limit-at", default=0, help="Clients at once; the best of several when not given.")
def main(sizes: str, limit_at: int) -> None:
    """Measure each size and write the section `scale` of report/bench.json."""
    node = lab()[0]
    known = gather_facts([node])[node.name][-CHECKS:]
    seconds: dict[str, list[float]] = {}
    found: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as name, fleet.many(node, max(map(int, sizes.split(","))), Path(name)) as every:
        place = Path(name)
        tried = {at: by_ssh(place, every[:100], known, at).wall_s for at in TRIED} if not limit_at else {}
        best = limit_at or min(tried, key=lambda at: tried[at])
        for size in map(int, sizes.split(",")):
            mine = ours(place, every[:size], known)
            theirs = by_ssh(place, every[:size], known, best)
            seconds = {"trueup": [mine.wall_s], "limit": [theirs.wall_s]}
            found[str(size)] = {"trueup": asdict(mine), "limit": asdict(theirs)}
            print(size, mine, theirs, file=sys.stderr)
        some = every[:CONNECTED]
        alone = {"trueup": asdict(connect.ours(place, some)), "limit": asdict(connect.by_ssh(place, some, best))}
    about = {"sizes": found, "checks": len(known), "limit_clients": best, "limit_tried_s": tried}
    about |= {"connected": len(some), "connecting_only": alone}
    measure.report("scale", seconds, about)


if __name__ == "__main__":
    main()
