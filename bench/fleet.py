"""A fleet of many endpoints: one lab node's sshd, reached under as many addresses of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from bench import measure
from bench.accept import SUITE, write_inventory
from bench.facts import Endpoint, Fact, question, save
from trueup.remote_shell import Shell

SUBNET, PREFIX = "10.199.{}.{}", "10.199.0.0/20"
# Enough for a thousand that come at once; sshd's own 10:30:100 turns connections away by chance.
SSHD = "MaxStartups 4096\n"
DROP_IN = "/etc/ssh/sshd_config.d/00-bench.conf"
EVERY_S = 0.2


@contextmanager
def many(node: Endpoint, size: int, place: Path) -> Iterator[list[Endpoint]]:
    """As many endpoints; the node and this machine's routes are afterwards as before."""
    pinned = [
        line.split(None, 1)[1] for line in Path(node.known_hosts).read_text().splitlines() if node.address in line
    ]
    hosts = place / "known_hosts"
    hosts.write_text("".join(f"10.199.* {key}\n" for key in pinned))
    with Shell(node.target, 60) as shell:
        up = f"ip route replace local {PREFIX} dev lo && printf %s '{SSHD}' >{DROP_IN} && systemctl reload ssh"
        if not (done := shell.run(up, timeout=30)).ok:
            raise measure.Failed(f"{node.name}: wanted many addresses, found {done.err_text}")
    # Told to end, it leaves as a Ctrl-C does: by way of what puts node and routes right.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    measure.run(["ip", "route", "replace", PREFIX, "via", node.address])
    addresses = (SUBNET.format(number // 250, number % 250 + 1) for number in range(size))
    try:
        yield [
            replace(node, name=f"e{number:04}", address=address, known_hosts=str(hosts))
            for number, address in enumerate(addresses)
        ]
    finally:
        measure.run(["ip", "route", "del", PREFIX])
        with Shell(node.target, 60) as shell:
            shell.run(f"ip route del local {PREFIX} dev lo; rm -f {DROP_IN}; systemctl reload ssh", timeout=30)


def script(known: list[Fact]) -> bytes:
    """What the bare limit asks."""
    return "\n".join(question(fact) for fact in known).encode() + b"\n"


@dataclass
class Cost:
    """Of one run and all its processes: seconds of wall time and of CPU, and the most memory held at once, in MiB."""

    wall_s: float
    cpu_s: float
    mib: float


@dataclass
class Ended:
    """A finished command, and what it cost."""

    status: int
    output: str
    cost: Cost


def costs(command: list[str], environment: dict[str, str], log: Path, timeout: float = 1800) -> Ended:
    """Run it, and look at its processes while it runs."""
    before, start, most = psutil.Process().cpu_times(), time.perf_counter(), 0.0
    with log.open("wb") as file, subprocess.Popen(command, env=environment, stdout=file, stderr=file) as child:
        top = psutil.Process(child.pid)
        try:
            while (status := child.poll()) is None:
                most = max(most, _held(top))
                if time.perf_counter() - start > timeout:
                    raise measure.Failed(f"no end within {timeout} s: {' '.join(command)[:200]}")
                with suppress(subprocess.TimeoutExpired):
                    child.wait(EVERY_S)
        finally:
            child.kill()
    after = psutil.Process().cpu_times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Ended(status, log.read_text(), Cost(round(time.perf_counter() - start, 2), round(cpu, 2), round(most)))


def accepted(place: Path, endpoints: list[Endpoint], known: list[Fact], answers: Path) -> Ended:
    """Our acceptance of the endpoints, each held to the same facts; answers gets every record."""
    write_inventory(place, endpoints)
    save(place / "facts.json", endpoints, {"any": known})
    environment = {**os.environ, "BENCH_CONTENDER": "trueup", "BENCH_PLACE": str(place)}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "-c", str(SUITE / "pytest.ini")]
    command += ["--inventory", str(place / "inventory.py"), "--results", str(answers), str(SUITE / "tests")]
    return costs(command, environment, place / "log")


def _held(top: psutil.Process) -> float:
    held = 0.0
    try:
        for process in (top, *top.children(recursive=True)):
            held += process.memory_info().rss / 2**20
    except psutil.NoSuchProcess:
        return held
    return held


def records(path: Path) -> dict[str, set[str]]:
    """Node -> the outcomes of its checks."""
    found: dict[str, set[str]] = {}
    for answer in json.loads(path.read_text()):
        found.setdefault(answer["node"], set()).add(answer["outcome"])
    return found
