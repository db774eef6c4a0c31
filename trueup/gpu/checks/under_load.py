"""The GPUs under the fleet's own job: they keep their pace, and their links send nothing twice."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from trueup.gpu.checks.performance import COOL, words
from trueup.gpu.errors import NoAnswer
from trueup.gpu.findings import RESEAT, Findings, GpuFinding, ProbeVerdict, blind, fault, note
from trueup.gpu.under_load import GpuUnderLoad, Load, read

# leptonai/gpud: so many a minute mean that the node cannot hold its pace.
EVENTS_A_MINUTE = 0.6
# In less time than it takes for one to be too many, one tells no rate: it is noted, the second counts.
ONE_IS_NO_RATE = 2
JobReports = Mapping[str, dict[str, Any] | None]
Judge = Callable[[GpuUnderLoad, Load], Findings]


def slowdown(gpu: GpuUnderLoad, load: Load) -> Findings:
    """Hardly ever slowed down by heat or power, and never for half of the time."""
    pace = gpu.pace.known()
    if not pace.slow:
        return
    many = pace.events >= max(ONE_IS_NO_RATE, EVENTS_A_MINUTE * load.seconds / 60)
    say = fault if many or 2 * pace.slow >= pace.samples else note
    found = f"{words(pace.bits)}: {pace.events} times in {load.seconds:.0f} s, in {pace.slow} of {pace.samples} looks"
    yield say(f"fewer than {EVENTS_A_MINUTE} slowdowns a minute while the job ran", found, COOL)


def replays(gpu: GpuUnderLoad, load: Load) -> Findings:
    """No packet had to be sent again while the job moved its data; a growing count is a poor contact."""
    first, last = gpu.replays.known()
    if last > first:
        found = f"{last - first} in {load.seconds:.0f} s (of {last} since boot)"
        yield note("no PCIe replays while the job ran", found, RESEAT)


def judge(reports: JobReports, check: Judge) -> ProbeVerdict:
    """One verdict over all GPUs of all nodes; reports: by node name."""
    return ProbeVerdict(tuple(found for node, words in reports.items() for found in _node(node, words, check)))


def _node(node: str, report: dict[str, Any] | None, check: Judge) -> Iterator[GpuFinding]:
    try:
        load = read(report)
    except NoAnswer as reason:
        yield blind(reason).at(node)
        return
    if not load.gpus:
        yield blind("no GPU to look at").at(node)
    for gpu in load.gpus:
        at = f"{node}: {gpu.where}"
        if gpu.lost is not None:
            yield blind(gpu.lost).at(at)
            continue
        try:
            yield from (finding.at(at) for finding in check(gpu, load))
        except NoAnswer as reason:
            yield blind(reason).at(at)
