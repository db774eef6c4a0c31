"""Run the probes of a training environment, and read what they print."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from trueup.outcome import CONVERGE_REMEDY, TrueupError
from trueup.payload import text
from trueup.remote_shell import Shell

# Hashing an environment of 4 GB takes 19 s, its files up to this size 0.6 s.
HASHED_BYTES = 1 << 20
# More than any file has (2^63 - 1 bytes, off_t).
EVERY_BYTE = (1 << 63) - 1
WHEELS_S = 120.0
TORCH_S = 180.0


class ProbeFailed(TrueupError):
    """A probe of the environment gave no answer."""

    def __init__(self, step: str, *, expected: str, actual: str) -> None:
        """Keep the parts; see TrueupError.

        Args:
            step: The command of the probe.
            expected: What it should have printed.
            actual: What came back.
        """
        remedy = f"run it there to see why; {CONVERGE_REMEDY}"
        super().__init__(step, expected=expected, actual=actual, remedy=remedy)


class ProbeOutput(BaseModel):
    """What a probe printed; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class InstalledWheel(ProbeOutput):
    """One installed distribution."""

    version: str
    """As its folder's name has it."""
    installer: str
    """Content of INSTALLER, such as "uv"."""
    requires: tuple[str, ...]
    """Requirements of its METADATA."""
    altered: tuple[str, ...]
    """Files that are not the wheel's own, at most five."""


class Environment(ProbeOutput):
    """Everything that is installed in an environment."""

    python: str
    """The interpreter's version."""
    prefix: str
    """Its sys.prefix."""
    wheels: dict[str, InstalledWheel]
    """Distributions by normalised name (PEP 503)."""


class TorchReport(ProbeOutput):
    """What torch reports once it is imported."""

    error: str = ""
    """The error of the import; nothing else is known then."""
    version: str = ""
    """Such as "2.0.1+cu117"."""
    cuda: str | None = None
    """The CUDA that it was built for."""
    cuda_available: bool = False
    """Whether it can use a GPU."""
    architectures: str | None = None
    """The architectures that it was built for."""
    nccl: str = ""
    """Version of the NCCL that it loaded."""
    numpy: str = ""
    """Version of numpy."""
    trouble: str = ""
    """Why it computed no sum of a numpy array."""
    sum: float = 0.0
    """The sum that it computed."""
    mapped: dict[str, str] = {}
    """SHA-256 by path of a mapped CUDA library; "" where it is not hashed."""
    recorded: dict[str, str] = {}
    """SHA-256 that the wheel's RECORD has, by the same paths; "" where no wheel brought the file."""


A = TypeVar("A", bound=ProbeOutput)


def environment(shell: Shell, env: str, hashed_bytes: int = HASHED_BYTES) -> Environment:
    """Return what is installed in an environment.

    Args:
        shell: The node's shell.
        env: Prefix of the environment.
        hashed_bytes: Files up to this size are hashed.

    Raises:
        ProbeFailed: The probe gave no answer.
        ShellError: The node did not answer.
    """
    return run_probe(shell, f"{env}/bin/python -I -B - {hashed_bytes}", "wheel_records.py", WHEELS_S, Environment)


def torch(shell: Shell, env: str) -> TorchReport:
    """Return what torch reports when it is started as a rank would be; raises as environment()."""
    return run_probe(shell, f"{env}/bin/python -B -", "torch_report.py", TORCH_S, TorchReport)


def run_probe(shell: Shell, command: str, program: str, timeout: float, kind: type[A]) -> A:
    """Run a program of env/node on a node and read its output; raises ProbeFailed, ShellError."""
    result = shell.run(command, stdin=text("trueup.env.node", program).encode(), timeout=timeout)
    step = f"{command} < {program}"
    if result.rc != 0:
        raise ProbeFailed(step, expected="exit status 0", actual=f"{result.rc}: {_tail(result.err)}")
    return parse(result.out, kind, step)


def parse(out: bytes, kind: type[A], step: str) -> A:
    """Read one JSON document; raises ProbeFailed for any other bytes."""
    try:
        return kind.model_validate_json(out)
    except ValidationError as error:
        first: Any = error.errors()[0]
        actual = f"{_tail(out)!r} ({first['msg']})"
        raise ProbeFailed(step, expected="one JSON document", actual=actual) from error


def _tail(data: bytes) -> str:
    return data[-400:].decode(errors="backslashreplace").strip()
