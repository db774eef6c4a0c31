"""The first converge of two empty lab nodes, beside the same steps typed by hand on both nodes at once.

    python -m bench.first [--rounds N]

Each round makes the lab instance `bench` anew twice; that is not timed. By hand there is no check of anything, no
mesh, no limits: what is compared is whether converge adds time to what has to be moved and unpacked.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from bench import measure
from lab.instance import Instance, load
from trueup.spec.load import load_fleet
from trueup.spec.lock import read_lock
from trueup.spec.prebuilt import capability, wheel_name
from trueup.spec.shipped import LAB

BIN = Path(sys.executable).parent
NAME = "bench"
INVENTORY = "lab/inventory.py"
SCRIPT = Path(__file__).with_name("by_hand.sh")


def environment() -> dict[str, str]:
    """The instance's name for every command."""
    return {**os.environ, "TRUEUP_LAB": NAME, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def fresh() -> Instance:
    """Two empty nodes."""
    measure.run([str(BIN / "trueup"), "lab", "up", "--fresh"], env=environment())
    found = load(NAME)
    if found is None:
        raise measure.Failed("the lab came up without a record of itself")
    return found


def converge(_lab: Instance) -> None:
    """By trueup."""
    measure.run([str(BIN / "pyinfra"), "-y", INVENTORY, "deploy/site.py"], env=environment())


def by_hand(lab: Instance) -> None:
    """By an operator with a script and two terminals."""
    os.environ["TRUEUP_LAB"] = NAME
    lock = read_lock(Path(LAB.lock))
    requirements = "\n".join(lock.wheels()).encode()
    nodes = load_fleet(Path(INVENTORY)).nodes
    deepspeed = {node.name: wheel_name(LAB.deepspeed, LAB.env, capability(node)) for node in nodes}

    def type_it(node: str) -> None:
        ssh = ["ssh", "-F", "none", "-i", str(lab.key), "-o", f"UserKnownHostsFile={lab.known_hosts}"]
        ssh += ["-o", "BatchMode=yes", f"root@{lab.address(node)}"]
        words = ["/root/requirements.txt", lock.tool("uv").name, deepspeed[node]]
        measure.run([*ssh, "cat > /root/by_hand.sh"], stdin=SCRIPT.read_bytes())
        measure.run([*ssh, "cat > /root/requirements.txt"], stdin=requirements)
        measure.run([*ssh, f"cd /root && sh by_hand.sh {lab.mirror_url} {' '.join(words)} < /dev/null"])

    with ThreadPoolExecutor() as pool:
        list(pool.map(type_it, lab.node_names))


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
