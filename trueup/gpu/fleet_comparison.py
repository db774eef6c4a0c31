"""Compare the GPUs of nodes with each other; pure functions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from trueup.declaration import Node, Profile
from trueup.gpu.errors import NoAnswer, printable_line
from trueup.gpu.findings import answering
from trueup.gpu.probe import ProbeReport
from trueup.gpu.schema import ProbeError
from trueup.outcome import CouldNotCheck


def branches(nodes: tuple[Node, ...], profiles: Mapping[str, Profile]) -> list[str]:
    """The driver branches that more than one node is declared to have."""
    counts = Counter(profiles[node.name].driver.branch for node in nodes)
    return sorted(branch for branch, nodes_of_it in counts.items() if nodes_of_it > 1)


def shared_models(nodes: tuple[Node, ...], _profiles: Mapping[str, Profile]) -> list[str]:
    """The GPU models that more than one node has."""
    counts = Counter(node.gpu_model for node in nodes)
    return sorted(model for model, nodes_of_it in counts.items() if nodes_of_it > 1)


def firmware(reports: Iterable[ProbeReport]) -> dict[str, list[str]]:
    """VBIOS -> the cards that have it, as "node: GPU 0 (...)"; raises CouldNotCheck where one does not tell."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for report in reports:
        if isinstance(report.answer, ProbeError):
            raise CouldNotCheck(f"{report.node}: the GPU probe gave no answer: {report.answer.why}")
        try:
            for gpu in answering(report.answer).gpus:
                found[printable_line(gpu.vbios.known())].append(f"{report.node}: {gpu.where}")
        except NoAnswer as reason:
            raise CouldNotCheck(f"{report.node}: {reason}") from reason
    return dict(found)
