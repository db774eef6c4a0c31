"""One endpoint in a hundred is dead, or hangs: the run ends on time, and names exactly that one.

    python -m bench.loss [--size 100]

Dead: its address swallows every packet. Hanging: it takes the connection and never says a word.
"""

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from bench import fleet, measure
from bench.accept import gather_facts, lab
from bench.facts import Endpoint, Fact
from bench.scale import CHECKS
from trueup.accept.checks import CONNECT_S

LOST = 42


@contextmanager
def dead(endpoint: Endpoint) -> Iterator[Endpoint]:
    """Nothing answers there, and nothing refuses."""
    rule = ["OUTPUT", "-d", endpoint.address, "-j", "DROP"]
    measure.run(["iptables", "-I", *rule])
    try:
        yield endpoint
    finally:
        measure.run(["iptables", "-D", *rule])


@contextmanager
def hanging(endpoint: Endpoint) -> Iterator[Endpoint]:
    """A server that accepts, and is silent."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield replace(endpoint, address="127.0.0.1", port=server.getsockname()[1])


def ours(place: Path, endpoints: list[Endpoint], known: list[Fact], lost: str) -> float:
    """Seconds of a run that could not look at exactly the lost one, and found all others in order."""
    answers = place / "records.json"
    done = fleet.accepted(place, endpoints, known, answers)
    found = fleet.records(answers)
    odd = {name: each for name, each in found.items() if each != {"pass"}}
    if (2, {lost: {"unknown"}}, len(endpoints)) != (done.status, odd, len(found)):
        raise measure.Failed(f"wanted status 2 and {lost} alone not looked at, found {done.status}, {odd}")
    return done.cost.wall_s


@click.command()
@click.option("--size", default=100, show_default=True, help="Endpoints, one of which is lost.")
def main(size: int) -> None:
    """Measure with all, with one dead and with one hanging; write the section `loss` of report/bench.json."""
    node = lab()[0]
    known = gather_facts([node])[node.name][-CHECKS:]
    seconds: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name, fleet.many(node, size, Path(name)) as every:
        for kind, lose in (("dead", dead), ("hanging", hanging)):
            with lose(every[LOST % size]) as lost:
                some = [lost if each.name == lost.name else each for each in every]
                seconds[f"trueup_{kind}"] = [ours(Path(name), some, known, lost.name)]
    seconds["trueup"] = [max(each[0] for each in seconds.values())]
    measure.report("loss", seconds, {"endpoints": size, "lost": 1, "connect_deadline_s": CONNECT_S})


if __name__ == "__main__":
    main()
