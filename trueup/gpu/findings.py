"""What a check of the GPU probe finds: problems, and how sure it is of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from trueup.gpu.errors import NoAnswer, printable_line
from trueup.gpu.expected import ExpectedGpus
from trueup.gpu.schema import Gpu, Nvml, Probe
from trueup.outcome import Problem

REBOOT = "reboot the node"
REPLACE = "drain the node and have this GPU replaced"
RESEAT = "drain the node, power it off and reseat the card; replace it if this comes back"
SEE_NVML_CHECK = "see the check that NVML answers"

Kind = Literal["fault", "note", "blind"]


@dataclass(frozen=True)
class GpuFinding:
    """A problem and its kind."""

    kind: Kind
    """fault: the state is wrong; note: it passes, with a warning; blind: the probe could not see it."""
    problem: Problem
    """What was expected, what was found and what to do."""

    def __str__(self) -> str:
        return str(self.problem)

    def at(self, where: str) -> "GpuFinding":
        """Return the same finding about that GPU."""
        return GpuFinding(self.kind, self.problem.model_copy(update={"where": where}))


@dataclass(frozen=True)
class ProbeVerdict:
    """All findings of one check on one node."""

    findings: tuple[GpuFinding, ...]

    @property
    def passes(self) -> bool:
        """Whether no fault was seen; blind spots are for the caller to refuse."""
        return not self.problems("fault")

    def __str__(self) -> str:
        return "\n".join(map(str, [*self.problems("fault"), *self.problems("blind")]))

    def problems(self, kind: Kind) -> tuple[Problem, ...]:
        """Return the problems of one kind."""
        return tuple(finding.problem for finding in self.findings if finding.kind == kind)


Check = Callable[[Probe, ExpectedGpus], ProbeVerdict]
Findings = Iterator[GpuFinding]


def _finding(kind: Kind, expected: str, actual: object, remedy: str) -> GpuFinding:
    return GpuFinding(kind, Problem(expected=expected, actual=printable_line(str(actual)), remedy=remedy))


def fault(expected: str, actual: object, remedy: str) -> GpuFinding:
    """Make a finding about a state that is wrong."""
    return _finding("fault", expected, actual, remedy)


def note(expected: str, actual: object, remedy: str) -> GpuFinding:
    """Make a finding about a state that passes with a warning."""
    return _finding("note", expected, actual, remedy)


def blind(reason: object, remedy: str = SEE_NVML_CHECK) -> GpuFinding:
    """Make a finding about a state that the probe could not see."""
    return _finding("blind", "an answer", reason, remedy)


def _seen(findings: Callable[[], Findings]) -> Findings:
    """Yield the findings; a missing answer among them becomes a blind spot."""
    try:
        yield from findings()
    except NoAnswer as reason:
        yield blind(reason)


def whole_node(evaluate: Callable[[Probe, ExpectedGpus], Findings]) -> Check:
    """Make a check of the node as a whole."""

    def check(probe: Probe, declared: ExpectedGpus) -> ProbeVerdict:
        return ProbeVerdict(tuple(_seen(lambda: evaluate(probe, declared))))

    check.__doc__ = evaluate.__doc__
    return check


def answering(probe: Probe) -> Nvml:
    """Return NVML's section.

    Raises:
        NotSeen: NVML did not start.
    """
    nvml = probe.nvml.known()
    if nvml.init_error is not None:
        raise NoAnswer(printable_line(nvml.init_error))
    return nvml


def each_gpu(evaluate: Callable[[Gpu, ExpectedGpus], Findings]) -> Check:
    """Make a check of every GPU; a node without GPUs, and a lost GPU, are blind spots."""

    def findings(probe: Probe, declared: ExpectedGpus) -> Findings:
        gpus = answering(probe).gpus
        if not gpus:
            yield blind("no GPU to look at")
        for gpu in gpus:
            if gpu.gone is not None:
                yield blind(gpu.gone).at(gpu.where)
                continue
            yield from (finding.at(gpu.where) for finding in _seen(lambda gpu=gpu: evaluate(gpu, declared)))  # type: ignore[misc]  # bound at once

    check = whole_node(findings)
    check.__doc__ = evaluate.__doc__
    return check
