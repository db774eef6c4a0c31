"""One look at one node: sends the probe through its shell, and puts checks to what came back."""

from dataclasses import dataclass
from typing import TypedDict

from trueup.accept import CouldNotLook
from trueup.gpu.reading import Probe, Unreadable, read
from trueup.gpu.script import NO_PYTHON, launch, pythons, script
from trueup.gpu.verdict import Check, Verdict, plain
from trueup.gpu.wanted import Wanted, wanted
from trueup.shell import DeadlineExceeded, Shell
from trueup.shell.target import Result
from trueup.spec.inventory import Node
from trueup.spec.model import Profile

# Check 6: nhc gives a node's tools this long before it calls them hung.
NVML_SECONDS = 30.0
# The other parts end within 10 s; the rest is a slow Python's start on a loaded node.
MORE_SECONDS = 30.0


@dataclass(frozen=True)
class Look:
    """What one node's probe said; it serves every check of the run."""

    node: str
    want: Wanted
    seen: Probe | Unreadable

    def judge(self, check: Check) -> Verdict:
        """That check's verdict where it holds or finds a fault; raises CouldNotLook where it saw too little.

        A fault that was seen stands, even where something else could not be seen.
        """
        if isinstance(self.seen, Unreadable):
            raise CouldNotLook(f"{self.node}: the GPU probe gave no answer: {self.seen.why}")
        verdict = check(self.seen, self.want)
        if verdict.holds and verdict.of("blind"):
            raise CouldNotLook("\n".join(f"{self.node}: {reason}" for reason in verdict.of("blind")))
        return verdict


def understood(result: Result) -> Probe | Unreadable:
    """The probe's output where it ran to its end; Unreadable with the reason where it did not."""
    if result.rc == NO_PYTHON:
        return Unreadable(f"{plain(result.err_text.strip())}; converge the conda and env rooms")
    if result.rc != 0:
        return Unreadable(f"it ended with status {result.rc}: {plain(result.err_text.strip()[-200:])}")
    return read(result.out)


class Question(TypedDict):
    """How a shell is asked for the probe; ``timeout`` is in seconds."""

    command: str
    stdin: bytes
    timeout: float


def question(profile: Profile, nvml_seconds: float = NVML_SECONDS) -> Question:
    """The probe for a node of this profile; understood() reads what comes back."""
    command = launch(pythons(profile.conda.prefix, profile.env.name), nvml_seconds)
    return {"command": command, "stdin": script(), "timeout": nvml_seconds + MORE_SECONDS}


def look(node: Node, profile: Profile, shell: Shell, nvml_seconds: float = NVML_SECONDS) -> Look:
    """Look once, by one run() and no more; raises trueup.shell's ShellError where the node itself cannot be reached."""
    try:
        result = shell.run(**question(profile, nvml_seconds))
    except DeadlineExceeded as late:
        return Look(node.name, wanted(node, profile), Unreadable(str(late)))
    return Look(node.name, wanted(node, profile), understood(result))
