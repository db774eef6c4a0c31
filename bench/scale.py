"""Many endpoints from one controller: a hundred commands on each, by the shell and by parallel OpenSSH clients.

    python -m bench.scale [--sizes 10,100]

One lab node's sshd stands in for all endpoints, so the wall time is mostly that node's; what a controller pays is the
CPU beside it. pytest is not part of it: this measures the transport alone.
"""

import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import click

from bench import measure
from bench.accept import lab
from bench.facts import Endpoint
from trueup.shell import Shell, ShellError, Target, connect_all

QUESTION = "read -r load rest </proc/loadavg; echo ok"
COMMANDS = 100
AT_ONCE = 16


@dataclass
class Cost:
    """What one run took: seconds of wall time and of the controller's CPU."""

    wall: float
    cpu: float


def timed(work: Callable[[], None], who: int) -> Cost:
    """Run it and ask the kernel; `who` is ourselves or our children."""
    before, start = resource.getrusage(who), time.perf_counter()
    work()
    after = resource.getrusage(who)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.perf_counter() - start, cpu)


def by_shell(endpoint: Endpoint, size: int) -> None:
    """All endpoints at once; every command sent before the first answer is read."""
    known = (endpoint.address, endpoint.port, endpoint.user, endpoint.key, endpoint.known_hosts)
    found = connect_all([Target(f"e{number}", *known) for number in range(size)], timeout=120)
    errors = [each for each in found.values() if isinstance(each, ShellError)]
    shells = [each for each in found.values() if isinstance(each, Shell)]
    try:
        if errors:
            raise errors[0]
        sent = [shell.submit(QUESTION, timeout=120) for shell in shells for _ in range(COMMANDS)]
        wrong = [future for future in sent if future.result().out != b"ok\n"]
    finally:
        closing = [shell.close_soon() for shell in shells]
        for each in closing:
            each.result()
    if wrong:
        raise measure.Failed(f"{len(wrong)} of {len(sent)} answers are wrong")


def by_ssh(endpoint: Endpoint, size: int) -> None:
    """One OpenSSH client and one script an endpoint."""
    script = "\n".join([f"sh -c '{QUESTION}'"] * COMMANDS).encode() + b"\n"
    options = [
        "-F",
        "none",
        "-i",
        endpoint.key,
        "-o",
        f"UserKnownHostsFile={endpoint.known_hosts}",
        "-o",
        "BatchMode=yes",
    ]
    command = ["ssh", *options, "-p", str(endpoint.port), f"{endpoint.user}@{endpoint.address}", "sh -s"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda _: measure.run(command, stdin=script), range(size)))
    if any(each != b"ok\n" * COMMANDS for each in found):
        raise measure.Failed("an ssh client gave a wrong answer")


@click.command()
@click.option("--sizes", default="10,100", show_default=True, help="Endpoints, separated by commas.")
def main(sizes: str) -> None:
    """Measure the transport at each size and write the section `scale` of report/bench.json."""
    endpoint = lab()[0]
    seconds: dict[str, list[float]] = {}
    costs: dict[str, dict[str, float]] = {}
    for size in map(int, sizes.split(",")):
        ours = timed(partial(by_shell, endpoint, size), resource.RUSAGE_SELF)
        theirs = timed(partial(by_ssh, endpoint, size), resource.RUSAGE_CHILDREN)
        seconds = {"trueup": [ours.wall], "limit": [theirs.wall]}
        costs[str(size)] = {
            "trueup_wall_s": round(ours.wall, 2),
            "trueup_cpu_s": round(ours.cpu, 2),
            "limit_wall_s": round(theirs.wall, 2),
            "limit_cpu_s": round(theirs.cpu, 2),
        }
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    measure.report("scale", seconds, {"sizes": costs, "commands": COMMANDS, "controller_mib": mib, "pytest": False})


if __name__ == "__main__":
    main()
