"""The first converge of two empty lab nodes, beside the same steps typed by hand on both nodes at once.

    python -m bench.first_converge [--rounds N]

Each round makes the lab instance `bench` anew twice; that is not timed. By hand there is no check of anything, no
mesh, no limits: what is compared is whether converge adds time to what has to be moved and unpacked.
"""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click

from bench import measure
from trueup.declaration import LAB, load_fleet
from trueup.lockfile import capability, read_lock, wheel_name

# What `trueup lab status --json` prints.
Status = dict[str, Any]

BIN = Path(sys.executable).parent
NAME = "bench"
INVENTORY = "lab/inventory.py"
SCRIPT = Path(__file__).with_name("by_hand.sh")


def environment() -> dict[str, str]:
    """The instance's name for every command."""
    return {**os.environ, "TRUEUP_LAB": NAME, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def fresh() -> Status:
    """Two empty nodes, as the lab's own status names them."""
    measure.run([str(BIN / "trueup"), "lab", "up", "--fresh"], env=environment())
    found: Status = json.loads(measure.run([str(BIN / "trueup"), "lab", "status", "--json"], env=environment()))
    return found


def converge(_lab: Status) -> None:
    """By trueup."""
    measure.run([str(BIN / "pyinfra"), "-y", INVENTORY, "deploy/site.py"], env=environment())


def by_hand(lab: Status) -> None:
    """By an operator with a script and two terminals."""
    os.environ["TRUEUP_LAB"] = NAME
    lock = read_lock(Path(LAB.lock))
    requirements = "\n".join(lock.wheels()).encode()
    nodes = load_fleet(Path(INVENTORY)).nodes
    deepspeed = {node.name: wheel_name(LAB.deepspeed, LAB.env, capability(node)) for node in nodes}

    def type_it(node: dict[str, Any]) -> None:
        ssh = ["ssh", "-F", "none", "-i", node["key"], "-o", f"UserKnownHostsFile={node['known_hosts']}"]
        ssh += ["-o", "BatchMode=yes", f"{node['user']}@{node['address']}"]
        words = ["/root/requirements.txt", lock.tool("uv").name, deepspeed[node["name"]]]
        measure.run([*ssh, "cat > /root/by_hand.sh"], stdin=SCRIPT.read_bytes())
        measure.run([*ssh, "cat > /root/requirements.txt"], stdin=requirements)
        measure.run([*ssh, f"cd /root && sh by_hand.sh {lab['mirror']} {' '.join(words)} < /dev/null"])

    with ThreadPoolExecutor() as pool:
        list(pool.map(type_it, lab["nodes"]))


@click.command()
@click.option("--rounds", default=2, show_default=True, help="How often each contender runs.")
def main(rounds: int) -> None:
    """Measure the first converge and write the section `first` of report/bench.json."""
    seconds: dict[str, list[float]] = {"trueup": [], "by_hand": []}
    for _ in range(rounds):
        for name, work in (("by_hand", by_hand), ("trueup", converge)):
            lab = fresh()
            start = time.perf_counter()
            work(lab)
            seconds[name].append(time.perf_counter() - start)
    measure.report("first", seconds, {"rounds": rounds, "nodes": 2})
    measure.run([str(BIN / "trueup"), "lab", "down"], env=environment())


if __name__ == "__main__":
    main()
