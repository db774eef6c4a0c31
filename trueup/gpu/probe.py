"""One look at one node: sends the probe through its shell, and puts checks to what came back."""

import shlex
from dataclasses import dataclass
from typing import TypedDict

from trueup import payload
from trueup.declaration import Node, Profile, env_prefix
from trueup.gpu.errors import printable_line
from trueup.gpu.expected import ExpectedGpus, expected_gpus
from trueup.gpu.findings import Check, ProbeVerdict
from trueup.gpu.schema import Probe, ProbeError, read
from trueup.outcome import CouldNotCheck
from trueup.remote_shell import DeadlineExceeded, Result, Shell

NO_PYTHON = 127


def script() -> bytes:
    """Return the probe, as one program for Python's standard input."""
    return payload.program("trueup.gpu.node.main")


def launch(pythons: tuple[str, ...], nvml_seconds: float) -> str:
    """A POSIX shell line that runs standard input by the first of these Pythons that starts.

    It ends with status 127 and a sentence on standard error where none does. -I: nothing of the account's
    own environment; -B: no byte code is left behind.
    """
    names = " ".join(shlex.quote(name) for name in pythons)
    return (
        f"for python in {names}; do "
        'if command -v "$python" >/dev/null 2>&1 && "$python" -I -S -c "" </dev/null >/dev/null 2>&1; '
        f'then exec "$python" -I -B - {nvml_seconds:g}; fi; done; '
        f"echo 'no Python among' {shlex.quote(names)} >&2; exit {NO_PYTHON}"
    )


def pythons(prefix: str, env: str) -> tuple[str, ...]:
    """Where to look for one: the training environment, its base, then what the distribution has."""
    own = (f"{env_prefix(prefix, env)}/bin/python", f"{prefix}/bin/python")
    return (*own, "python3", "/usr/libexec/platform-python", "python")


# Check 6: nhc gives a node's tools this long before it calls them hung.
NVML_SECONDS = 30.0
# The other parts end within 10 s; the rest is a slow Python's start on a loaded node.
MORE_SECONDS = 30.0


@dataclass(frozen=True)
class ProbeReport:
    """What one node's probe said; it serves every check of the run."""

    node: str
    declared: ExpectedGpus
    answer: Probe | ProbeError

    def judge(self, check: Check) -> ProbeVerdict:
        """That check's verdict where it holds or finds a fault; raises CouldNotCheck where it saw too little.

        A fault that was seen stands, even where something else could not be seen.
        """
        if isinstance(self.answer, ProbeError):
            raise CouldNotCheck(f"{self.node}: the GPU probe gave no answer: {self.answer.why}")
        verdict = check(self.answer, self.declared)
        if verdict.passes and verdict.problems("blind"):
            raise CouldNotCheck(*verdict.problems("blind"))
        return verdict


def understood(result: Result) -> Probe | ProbeError:
    """The probe's output where it ran to its end; Unreadable with the reason where it did not."""
    if result.rc == NO_PYTHON:
        return ProbeError(f"{printable_line(result.err_text.strip())}; converge the conda and env components")
    if result.rc != 0:
        return ProbeError(f"it ended with status {result.rc}: {printable_line(result.err_text.strip()[-200:])}")
    return read(result.out)


class ProbeCommand(TypedDict):
    """How a shell is asked for the probe; ``timeout`` is in seconds."""

    command: str
    stdin: bytes
    timeout: float


def question(profile: Profile, nvml_seconds: float = NVML_SECONDS) -> ProbeCommand:
    """The probe for a node of this profile; understood() reads what comes back."""
    command = launch(pythons(profile.conda.prefix, profile.env.name), nvml_seconds)
    return {"command": command, "stdin": script(), "timeout": nvml_seconds + MORE_SECONDS}


def run_probe(node: Node, profile: Profile, shell: Shell, nvml_seconds: float = NVML_SECONDS) -> ProbeReport:
    """Look once, by one run() and no more; raises ShellError where the node itself cannot be reached."""
    try:
        result = shell.run(**question(profile, nvml_seconds))
    except DeadlineExceeded as late:
        return ProbeReport(node.name, expected_gpus(node, profile), ProbeError(str(late)))
    return ProbeReport(node.name, expected_gpus(node, profile), understood(result))
