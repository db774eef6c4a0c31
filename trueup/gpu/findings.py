"""What a check may find, and how it is said: where, wanted, found, and what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from trueup.gpu.expected import Wanted
    from trueup.gpu.schema import Gpu, Nvml, Probe

REBOOT = "reboot the node"
REPLACE = "drain the node and have this GPU replaced"
RESEAT = "drain the node, power it off and reseat the card; replace it if this comes back"
LOOK_AT_ANSWERS = "see the check that NVML answers"


class NotSeen(Exception):
    """There is no answer to judge; the message says why."""


def plain(text: str, most: int = 300) -> str:
    """A node's own words without control characters: they end in terminals and reports."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in text)
    return clean if len(clean) <= most else clean[:most] + "..."


@dataclass(frozen=True)
class GpuFinding:
    """A fault, a note on something that holds, or a blind spot (then found says why)."""

    kind: Literal["fault", "note", "blind"]
    wanted: str
    found: str
    do: str
    where: str = ""

    def __str__(self) -> str:
        at = f"{self.where}: " if self.where else ""
        return f"{at}wanted {self.wanted}; found {plain(self.found)}; to do: {self.do}"

    def at(self, where: str) -> "GpuFinding":
        """The same, about that GPU."""
        return GpuFinding(self.kind, self.wanted, self.found, self.do, where)


@dataclass(frozen=True)
class ProbeVerdict:
    """All findings of one check on one node."""

    findings: tuple[GpuFinding, ...]

    @property
    def holds(self) -> bool:
        """Nothing that was seen is wrong; blind spots are for the caller to refuse."""
        return not self.of("fault")

    def __str__(self) -> str:
        return "\n".join([*self.of("fault"), *self.of("blind")])

    def of(self, kind: Literal["fault", "note", "blind"]) -> tuple[str, ...]:
        """The messages of one kind."""
        return tuple(str(finding) for finding in self.findings if finding.kind == kind)


Check = Callable[["Probe", "Wanted"], ProbeVerdict]
Findings = Iterator[GpuFinding]


def fault(wanted: str, found: object, do: str) -> GpuFinding:
    """Something that does not hold."""
    return GpuFinding("fault", wanted, str(found), do)


def note(wanted: str, found: object, do: str) -> GpuFinding:
    """Something to know about what still holds."""
    return GpuFinding("note", wanted, str(found), do)


def blind(why: object, do: str = LOOK_AT_ANSWERS) -> GpuFinding:
    """Something that could not be seen, and so is not in order."""
    return GpuFinding("blind", "an answer", str(why), do)


def _seen(findings: Callable[[], Findings]) -> Findings:
    """The findings, with a missing answer among them as a blind spot."""
    try:
        yield from findings()
    except NotSeen as reason:
        yield blind(reason)


def whole_node(look: Callable[["Probe", "Wanted"], Findings]) -> Check:
    """A check on the node as a whole."""

    def check(probe: "Probe", want: "Wanted") -> ProbeVerdict:
        return ProbeVerdict(tuple(_seen(lambda: look(probe, want))))

    check.__doc__ = look.__doc__
    return check


def answering(probe: "Probe") -> "Nvml":
    """NVML as it answered; raises Unseen where it did not start."""
    nvml = probe.nvml.known()
    if nvml.init_error is not None:
        raise NotSeen(plain(nvml.init_error))
    return nvml


def each_gpu(look: Callable[["Gpu", "Wanted"], Findings]) -> Check:
    """A check on every GPU; a node that shows none, and a GPU that is lost, are blind spots, no passes."""

    def findings(probe: "Probe", want: "Wanted") -> Findings:
        gpus = answering(probe).gpus
        if not gpus:
            yield blind("no GPU to look at")
        for gpu in gpus:
            if gpu.gone is not None:
                yield blind(gpu.gone).at(gpu.where)
                continue
            yield from (finding.at(gpu.where) for finding in _seen(lambda gpu=gpu: look(gpu, want)))  # type: ignore[misc]  # bound at once

    check = whole_node(findings)
    check.__doc__ = look.__doc__
    return check
