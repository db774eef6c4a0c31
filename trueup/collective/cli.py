"""`trueup allreduce`: the collective test on demand, with a diagnosis when it fails."""

import json
import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console

from trueup.collective import report
from trueup.collective.bandwidth_check import BandwidthCheck, check_bandwidth
from trueup.collective.job_problem import JobProblem, as_documents, job_problem
from trueup.collective.job_spec import SIZES, JobSpec, Member, job_of, members_of
from trueup.collective.launch import Watch
from trueup.collective.pair_bisection import find_bad
from trueup.collective.run import examine
from trueup.collective.verdict import JobVerdict
from trueup.declaration import Node, Profile, Refusal, load_fleet, profiles_of
from trueup.outcome import Outcome, exit_status
from trueup.remote_shell import Shell, ShellError, Target, connect_all

# torchrun with --tee puts the role, "default" where none is given, and the local rank before each line.
_LOCAL = re.compile(r"\[default(\d+)\]:(.*)", re.S)


class RankPrefixer:
    """Put node and rank before each line of output; nodes are given in the order of their ranks."""

    def __init__(self, nodes: Sequence[str], ranks_per_node: int) -> None:
        self._first = {name: position * ranks_per_node for position, name in enumerate(nodes)}
        self._unfinished: dict[str, bytes] = dict.fromkeys(nodes, b"")

    def lines(self, node: str, data: bytes) -> list[str]:
        """Return the lines that these bytes complete; the rest is kept for the next call."""
        *complete, self._unfinished[node] = (self._unfinished[node] + data).split(b"\n")
        return [self._named(node, line.decode("utf-8", "backslashreplace").rstrip("\r")) for line in complete]

    def _named(self, node: str, line: str) -> str:
        match = _LOCAL.fullmatch(line)
        if match is None:
            return f"{node} | {line}"
        return f"{node} rank {self._first[node] + int(match[1])} | {match[2]}"


BASELINES = Path("~/.local/state/trueup/baselines")
_SIZE = re.compile(r"(\d+)([KMG]?)(?:i?B)?", re.I)
_UNIT = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def sizes_of(text: str) -> tuple[int, ...]:
    """Parse sizes such as 64M or 1024, separated by commas, to bytes; raises click.BadParameter."""
    sizes = []
    for word in text.split(","):
        match = _SIZE.fullmatch(word.strip())
        if not match or not int(match[1]):
            raise click.BadParameter(f'"{word}" is no size; expected e.g. 1024, 16K, 64M', param_hint="--sizes")
        sizes.append(int(match[1]) * _UNIT[match[2].upper()])
    return tuple(sizes)


def select(inventory: Path, names: str | None) -> tuple[tuple[Node, ...], Profile]:
    """Return the selected nodes and their one profile; raises Refusal."""
    fleet = load_fleet(inventory)
    nodes = tuple(fleet.node(name.strip()) for name in names.split(",")) if names else fleet.active
    if len(nodes) < 2:
        raise Refusal("allreduce", [f"expected two nodes or more, found {[node.name for node in nodes]}"])
    profiles = profiles_of(fleet)
    if len({profiles[node.name].model_dump_json() for node in nodes}) != 1:
        raise Refusal("allreduce", ["expected nodes of one profile: their collective must be declared once"])
    return nodes, profiles[nodes[0].name]


@click.command()
@click.option("--nodes", metavar="A,B,...", help="Use only these nodes; the first hosts the rendezvous.")
@click.option("--sizes", metavar="1M,64M", help="Sizes of the buffers, such as 16K,64M; bytes without a unit.")
@click.option(
    "--iterations", type=click.IntRange(1, 1000), default=5, show_default=True, help="Timed calls in each round."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document on standard output and nothing else there."
)
@click.option(
    "--inventory", type=click.Path(path_type=Path), default=Path("inventory.py"), show_default=True, help="The fleet."
)
@click.option(
    "--rebaseline", is_flag=True, help="Record the bandwidth of this run as the fleet's baseline, if it passes."
)
@click.option(
    "-v", "--verbose", is_flag=True, help="Show the output of the ranks, with node and rank before each line."
)
def allreduce(
    nodes: str | None,
    sizes: str | None,
    iterations: int,
    as_json: bool,
    inventory: Path,
    rebaseline: bool,
    verbose: bool,
) -> None:
    """Run an all-reduce over the nodes and check every result on every rank.

    The bandwidth is compared with the declared links and with the fleet's baseline. When the job fails, the network
    is diagnosed and the first layer that fails is named, with what to do.

    \b
    Example:
      trueup allreduce --nodes node1,node2 --sizes 1M,64M
      trueup allreduce --json | jq '.problems[] | {node, peer, expected, actual, remedy}'

    Exit status: 0 pass, 1 fail, 2 unknown (a node did not answer, or the declaration is refused).
    """
    console = Console(stderr=True)
    try:
        members, profile = select(inventory, nodes)
    except Refusal as refusal:
        _refuse(str(refusal), as_json)
    job = replace(job_of(profile), sizes=sizes_of(sizes) if sizes else SIZES, iterations=iterations)
    with ExitStack() as stack:
        status = stack.enter_context(console.status("connecting"))
        connected = connect_all([Target.of_node(node) for node in members])
        errors = [each for each in connected.values() if isinstance(each, ShellError)]
        shells = {name: stack.enter_context(each) for name, each in connected.items() if isinstance(each, Shell)}
        if errors:
            verdict, measured = JobVerdict(Outcome.UNKNOWN, tuple(map(_unconnected, errors))), BandwidthCheck()
        else:
            fleet = members_of(members, profile, shells)
            verdict = _run(fleet, job, console, status.update, verbose)
            status.update("measuring raw TCP")
            verdict, measured = check_bandwidth(verdict, fleet, job, BASELINES.expanduser(), rebaseline)
    if as_json:
        click.echo(json.dumps(report.as_json(verdict, measured.verdict, measured.raw_tcp)))
    else:
        report.show(Console(), verdict, measured.verdict, measured.raw_tcp)
    raise SystemExit(exit_status([verdict.outcome]))


def _refuse(text: str, as_json: bool) -> NoReturn:
    problem = job_problem("", "declaration", expected="a fleet that can run a collective", actual=text, message=text)
    document = {"outcome": Outcome.UNKNOWN, "problems": as_documents([problem])}
    click.echo(json.dumps(document) if as_json else text, err=not as_json)
    raise SystemExit(exit_status([Outcome.UNKNOWN]))


def _unconnected(error: ShellError) -> JobProblem:
    parts = {"expected": error.expected, "actual": error.actual, "remedy": error.remedy}
    return job_problem(error.node, error.step, **parts, message=str(error))


def _run(fleet: Sequence[Member], job: JobSpec, console: Console, watch: Watch, verbose: bool) -> JobVerdict:
    prefixer = RankPrefixer([node.name for node in fleet], job.ranks_per_node)

    def pass_on(name: str, data: bytes) -> None:
        for line in prefixer.lines(name, data):
            console.print(line, markup=False, highlight=False, soft_wrap=True)

    verdict = examine(fleet, job, watch, pass_on if verbose else None)
    if verdict.outcome is Outcome.FAIL and len(fleet) > 2:
        return replace(verdict, problems=(*find_bad(fleet, job, watch).problems(), *verdict.problems))
    return verdict
