"""Acceptance of the same facts on every lab node: trueup's shell, testinfra's own ways, and the bare limit.

    python -m bench.accept [--rounds N] [--every N] [--only NAME ...]

Every testinfra contender runs the same suite with the same stock modules, start-up of pytest included. `limit` is
one ssh a node, all at once, with one script that asks the same; goss runs the same way, from a binary on the node.
`asyncssh` and `trueup_shell` send the commands of that script one by one (bench/commands.py).
"""

import json
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median

import click

from bench import commands, facts, goss, measure
from bench.facts import Endpoint, Fact
from trueup.remote_shell import Shell, ShellError, connect_all

TESTINFRA = ("testinfra_ssh", "testinfra_ssh_tuned", "testinfra_paramiko")
SUITE = Path(__file__).with_name("suite")


def lab() -> list[Endpoint]:
    """The nodes of the lab that is up."""
    status = json.loads(measure.run([str(Path(sys.executable).with_name("trueup")), "lab", "status", "--json"]))
    fields = Endpoint.__dataclass_fields__
    return [Endpoint(**{key: node[key] for key in fields}) for node in status["nodes"]]


def reached(endpoints: list[Endpoint], timeout: float) -> dict[str, Shell]:
    """A shell to each; raises the first ShellError where there is none."""
    shells = connect_all([each.target for each in endpoints], timeout=timeout)
    for shell in shells.values():
        if isinstance(shell, ShellError):
            raise shell
    return {name: shell for name, shell in shells.items() if isinstance(shell, Shell)}


def gather_facts(endpoints: list[Endpoint]) -> dict[str, list[Fact]]:
    """What holds on each node."""
    found: dict[str, list[Fact]] = {}
    for name, shell in reached(endpoints, timeout=60).items():
        with shell:
            found[name] = facts.gather(shell)
    return found


def write_configs(place: Path, endpoints: list[Endpoint]) -> None:
    """ssh_config for the others; the tuned one shares a connection, which testinfra's documentation leaves out."""
    hosts = "".join(
        f"Host {e.name}\n  HostName {e.address}\n  Port {e.port}\n  User {e.user}\n  IdentityFile {e.key}\n"
        f"  UserKnownHostsFile {e.known_hosts}\n"
        for e in endpoints
    )
    (place / "ssh_config").write_text(hosts)
    (place / "ssh_config_tuned").write_text(hosts + f"Host *\n  ControlPath {place}/%C\n")


def write_inventory(place: Path, endpoints: list[Endpoint]) -> None:
    """Declare the same nodes; required fields unread here hold placeholders."""
    every = {"profile": "lab", "gpus": "a100-pcie-40gb x2", "interface": "eth0", "mirror": "http://127.0.0.1:9"}
    hosts = [
        (
            e.name,
            {
                **every,
                "ssh_hostname": e.address,
                "ssh_port": e.port,
                "ssh_user": e.user,
                "ssh_key": e.key,
                "ssh_known_hosts_file": e.known_hosts,
            },
        )
        for e in endpoints
    ]
    (place / "inventory.py").write_text(f"nodes = {hosts!r}\n")
    (place / "profiles.py").write_text("from trueup.declaration import LAB\n")


def suite(contender: str, place: Path, *options: str) -> None:
    """One run of the suite."""
    environment = {**os.environ, "BENCH_CONTENDER": contender, "BENCH_PLACE": str(place)}
    command = [sys.executable, "-m", "pytest", "-q", "-c", str(SUITE / "pytest.ini"), *options, str(SUITE / "tests")]
    measure.run(command, env=environment)


def ours(place: Path, *options: str) -> None:
    """Our acceptance, with its records, one a fact and node."""
    records = place / "records.json"
    suite("trueup", place, "--inventory", str(place / "inventory.py"), "--results", str(records), *options)
    answers = json.loads(records.read_text())
    endpoints, known = facts.load(place / "facts.json")
    wanted = sum(len(facts.known(known, each.name)) for each in endpoints)
    if (wanted, {"pass"}) != (len(answers), {each["outcome"] for each in answers}):
        raise measure.Failed(f"trueup: wanted {wanted} records that hold, found {len(answers)}")


def limit(place: Path, endpoints: list[Endpoint], known: dict[str, list[Fact]]) -> None:
    """One ssh a node, one script each."""

    def ask(endpoint: Endpoint) -> None:
        script = "\n".join(facts.question(fact) for fact in known[endpoint.name]).encode() + b"\n"
        command = ["ssh", "-F", str(place / "ssh_config"), endpoint.name, "sh -s"]
        found = measure.run(command, stdin=script).decode().splitlines()
        if (wanted := [fact.expected for fact in known[endpoint.name]]) != found:
            odd = [pair for pair in zip(wanted, found, strict=False) if pair[0] != pair[1]][:3]
            raise measure.Failed(f"limit on {endpoint.name}: wanted, found: {odd}")

    with ThreadPoolExecutor(len(endpoints)) as pool:
        list(pool.map(ask, endpoints))


@click.command()
@click.option("--rounds", default=5, show_default=True, help="How often each contender runs.")
@click.option("--only", multiple=True, help="Contenders to run, further ones as arguments; all when not given.")
@click.argument("further", nargs=-1)
@click.option("--every", default=1, show_default=True, help="Ask every n-th fact only: for a machine that is busy.")
def main(rounds: int, only: tuple[str, ...], further: tuple[str, ...], every: int) -> None:
    """Measure acceptance and write the section `accept` of report/bench.json."""
    endpoints = lab()
    known = {name: each[::every] for name, each in gather_facts(endpoints).items()}
    half = {name: each[::2] for name, each in known.items()}
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        write_configs(place, endpoints)
        for folder, some in ((place, known), (place / "half", half)):
            folder.mkdir(exist_ok=True)
            facts.save(folder / "facts.json", endpoints, some)
            write_inventory(folder, endpoints)
        contenders: dict[str, measure.Contender] = {
            "trueup": partial(ours, place, "-n", "auto"),
            "trueup_half": partial(ours, place / "half", "-n", "auto"),
            "trueup_one_process": partial(ours, place),
            "trueup_no_prefetch": partial(ours, place, "-n", "auto", "--no-prefetch"),
        }
        contenders |= {each: partial(suite, each, place, "-p", "no:xdist") for each in TESTINFRA}
        contenders |= {each: partial(commands.contender, each, place / "facts.json") for each in commands.CONTENDERS}
        contenders["limit"] = partial(limit, place, endpoints, known)
        contenders["goss"] = partial(goss.run_goss, place / "ssh_config", endpoints)
        chosen = measure.selected(contenders, (*only, *further))
        if "goss" in chosen:
            goss.prepare(place / "ssh_config", endpoints, known)
        seconds = measure.interleaved(chosen, rounds)
        if "goss" in chosen:
            goss.clear(place / "ssh_config", endpoints)
        for socket in place.iterdir():
            if socket.is_socket():
                measure.run(["ssh", "-O", "exit", "-o", f"ControlPath={socket}", "shared"])
    about: dict[str, object] = {"nodes": len(endpoints), "rounds": rounds, "every": every}
    about["facts"] = {name: len(each) for name, each in known.items()}
    if {"trueup", "trueup_half"} <= set(seconds):
        more_facts = sum(map(len, known.values())) - sum(map(len, half.values()))
        more = median(seconds["trueup"]) - median(seconds["trueup_half"])
        about["further_check_ms"] = round(1000 * more / more_facts, 2)
    measure.report("accept", seconds, about)


if __name__ == "__main__":
    main()
