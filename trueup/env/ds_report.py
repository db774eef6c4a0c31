"""Run DeepSpeed's own report and read its rows."""

import re

from pydantic import Field

from trueup.env.probe import ProbeOutput, run_probe
from trueup.remote_shell import Shell, with_private_tmp

REPORT_S = 180.0
# DeepSpeed colours its texts even for a pipe (ECMA-48, SGR).
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class OpReport(ProbeOutput):
    """One row of the op report."""

    installed: bool
    """Whether the wheel holds it compiled."""
    compatible: bool
    """Whether DeepSpeed could use it on this node."""


class DeepSpeedReport(ProbeOutput):
    """All rows of ds_report."""

    error: str = ""
    """The error of the import; nothing else is known then."""
    accelerator: str = ""
    """"cuda" or "cpu"."""
    ops: dict[str, OpReport] = Field(default_factory=dict)
    """Rows by name of the op."""
    ninja: bool = False
    torch_path: str = ""
    torch: str = ""
    torch_cuda: str | None = None
    deepspeed_path: str = ""
    deepspeed: str = ""
    nvcc: str | None = None
    compiled_torch: str = ""
    """The torch that the wheel was compiled with."""
    compiled_cuda: str = ""
    """The CUDA that the wheel was compiled with."""
    shm: str = ""
    shm_warnings: tuple[str, ...] = ()
    libraries: dict[str, str] = Field(default_factory=dict)
    """File by compiled op."""

    def op(self, name: str) -> OpReport:
        """Return the row of that op; a missing one is neither installed nor compatible."""
        return self.ops.get(name, OpReport(installed=False, compatible=False))


def plain(text: str) -> str:
    """Remove colours."""
    return _COLOUR.sub("", text).strip()


def report(shell: Shell, env: str) -> DeepSpeedReport:
    """Return what ds_report prints for the CUDA accelerator; raises ProbeFailed, ShellError."""
    command = with_private_tmp(f'DS_ACCELERATOR=cuda "PATH={env}/bin:$PATH" {env}/bin/python -B -')
    return run_probe(shell, command, "ds_report.py", REPORT_S, DeepSpeedReport)


def architectures(listing: str) -> set[str]:
    """Parse the architectures in the output of `cuobjdump --list-elf`, e.g. {"sm_80"}."""
    return set(re.findall(r"\.(sm_\d+[a-z]?)\.cubin", listing))
