"""The reading of ds_report's rows, as DeepSpeed's own functions give them."""

import re

from pydantic import Field

from trueup.env.probe import ProbeOutput, ask
from trueup.remote_shell import Shell
from trueup.remote_shell.private_tmp import apart

REPORT_S = 180.0
# DeepSpeed colours its texts even for a pipe (ECMA-48, SGR).
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class OpReport(ProbeOutput):
    """One row of the op report."""

    installed: bool
    compatible: bool


class DeepSpeedReport(ProbeOutput):
    """ds_report; error: the import's, with nothing else then. libraries: op -> its file."""

    error: str = ""
    accelerator: str = ""
    ops: dict[str, OpReport] = Field(default_factory=dict)
    ninja: bool = False
    torch_path: str = ""
    torch: str = ""
    torch_cuda: str | None = None
    deepspeed_path: str = ""
    deepspeed: str = ""
    nvcc: str | None = None
    compiled_torch: str = ""
    compiled_cuda: str = ""
    shm: str = ""
    shm_warnings: tuple[str, ...] = ()
    libraries: dict[str, str] = Field(default_factory=dict)

    def op(self, name: str) -> OpReport:
        """The row of that op; one that the report does not have is neither installed nor compatible."""
        return self.ops.get(name, OpReport(installed=False, compatible=False))


def plain(text: str) -> str:
    """The text without colours."""
    return _COLOUR.sub("", text).strip()


def report(shell: Shell, env: str) -> DeepSpeedReport:
    """What ds_report would print for the CUDA accelerator. Raises ProbeFailed, ShellError."""
    command = apart(f'DS_ACCELERATOR=cuda "PATH={env}/bin:$PATH" {env}/bin/python -B -')
    return ask(shell, command, "ds_report.py", REPORT_S, DeepSpeedReport)


def architectures(listing: str) -> set[str]:
    """The architectures in what `cuobjdump --list-elf` prints, e.g. {"sm_80"}."""
    return set(re.findall(r"\.(sm_\d+[a-z]?)\.cubin", listing))
