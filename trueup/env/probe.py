"""The reading of what the two scripts print; one look a node and run serves all checks."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from trueup.payload import text
from trueup.remote_shell import Shell

# Hashing an environment of 4 GB takes 19 s, its files up to this size 0.6 s.
HASHED_BYTES = 1 << 20
# More than any file has (2^63 - 1 bytes, off_t).
EVERY_BYTE = (1 << 63) - 1
WHEELS_S = 120.0
TORCH_S = 180.0


class ProbeFailed(Exception):
    """The environment gave no answer; says what was run and what came back."""


class ProbeOutput(BaseModel):
    """What a script printed; a key that nobody expects is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class InstalledWheel(ProbeOutput):
    """One distribution; altered names files that are not its wheel's own (at most five)."""

    version: str
    installer: str
    requires: tuple[str, ...]
    altered: tuple[str, ...]


class Environment(ProbeOutput):
    """All distributions of an environment by their normalised name (PEP 503)."""

    python: str
    prefix: str
    wheels: dict[str, InstalledWheel]


class TorchReport(ProbeOutput):
    """What torch says of itself; trouble: why it computed no sum.

    mapped: path of a CUDA library -> its SHA-256, or "" if not hashed.
    recorded: the same paths -> the SHA-256 that the wheel's RECORD has, "" where no wheel brought the file.
    """

    error: str = ""
    version: str = ""
    cuda: str | None = None
    cuda_available: bool = False
    architectures: str | None = None
    nccl: str = ""
    numpy: str = ""
    trouble: str = ""
    sum: float = 0.0
    mapped: dict[str, str] = {}
    recorded: dict[str, str] = {}


A = TypeVar("A", bound=ProbeOutput)


def environment(shell: Shell, env: str, hashed_bytes: int = HASHED_BYTES) -> Environment:
    """What is installed in the environment at that prefix. Raises ProbeFailed, ShellError."""
    return ask(shell, f"{env}/bin/python -I -B - {hashed_bytes}", "wheel_records.py", WHEELS_S, Environment)


def torch(shell: Shell, env: str) -> TorchReport:
    """What torch says, started as a rank would be: nothing of the environment is shut out. Raises as above."""
    return ask(shell, f"{env}/bin/python -B -", "torch_report.py", TORCH_S, TorchReport)


def ask(shell: Shell, command: str, script: str, timeout: float, kind: type[A]) -> A:
    """What a script of this package prints on a node, read as ``kind``. Raises ProbeFailed, ShellError."""
    result = shell.run(command, stdin=text("trueup.env.node", script).encode(), timeout=timeout)
    if result.rc != 0:
        raise ProbeFailed(f"{command} < {script}: expected exit status 0, found {result.rc}: {_tail(result.err)}")
    return parse(result.out, kind, f"{command} < {script}")


def parse(out: bytes, kind: type[A], what: str) -> A:
    """One JSON document, and nothing else; raises ProbeFailed for any other bytes."""
    try:
        return kind.model_validate_json(out)
    except ValidationError as error:
        first: Any = error.errors()[0]
        raise ProbeFailed(f"{what}: expected one JSON document, found {_tail(out)!r} ({first['msg']})") from error


def _tail(data: bytes) -> str:
    return data[-400:].decode(errors="backslashreplace").strip()
