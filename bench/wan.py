"""Acceptance of the lab's nodes with 20 ms added to each round trip, by a proxy in user space.

python -m bench.wan [--rounds N] [--only NAME ...]
"""

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from bench import commands, facts, measure
from bench.accept import gather_facts, lab, limit, ours, suite, write_configs, write_inventory
from bench.delay import delayed
from bench.facts import Endpoint

ADDED_S = 0.020


def far(endpoint: Endpoint, here: str, port: int, place: Path) -> Endpoint:
    """The endpoint as it is reached through the proxy, its host key pinned there as well."""
    lines = Path(endpoint.known_hosts).read_text().splitlines()
    keys = [line.split(None, 1)[1] for line in lines if endpoint.address in line]
    hosts = place / f"known_hosts_{endpoint.name}"
    hosts.write_text("".join(f"[{here}]:{port} {key}\n" for key in keys))
    return replace(endpoint, address=here, port=port, known_hosts=str(hosts))


@click.command()
@click.option("--rounds", default=3, show_default=True, help="How often each contender runs.")
@click.option("--only", multiple=True, help="Contenders to run, further ones as arguments; all when not given.")
@click.argument("further", nargs=-1)
def main(rounds: int, only: tuple[str, ...], further: tuple[str, ...]) -> None:
    """Measure and write the section `wan` of report/bench.json."""
    near = lab()
    known = gather_facts(near)
    with tempfile.TemporaryDirectory() as name, ExitStack() as proxies:
        place = Path(name)
        here = [f"127.0.1.{number}" for number in range(1, len(near) + 1)]
        ports = [
            proxies.enter_context(delayed(each.address, each.port, ADDED_S, address))
            for each, address in zip(near, here, strict=True)
        ]
        endpoints = [far(*each, place) for each in zip(near, here, ports, strict=True)]
        write_configs(place, endpoints)
        write_inventory(place, endpoints)
        facts.save(place / "facts.json", endpoints, known)
        work: dict[str, measure.Contender] = {
            "trueup": partial(ours, place, "-n", "auto"),
            "trueup_no_prefetch": partial(ours, place, "-n", "auto", "--no-prefetch"),
            "testinfra_ssh": partial(suite, "testinfra_ssh", place, "-p", "no:xdist"),
            "testinfra_paramiko": partial(suite, "testinfra_paramiko", place, "-p", "no:xdist"),
            "limit": partial(limit, place, endpoints, known),
        }
        work |= {each: partial(commands.contender, each, place / "facts.json") for each in commands.CONTENDERS}
        seconds = measure.interleaved(measure.selected(work, (*only, *further)), rounds)
    measure.report("wan", seconds, {"added_ms": 1000 * ADDED_S, "nodes": len(near), "rounds": rounds})


if __name__ == "__main__":
    main()
