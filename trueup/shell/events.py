"""What a node's two streams can mean."""

from dataclasses import dataclass

from trueup.shell.target import Result


@dataclass(frozen=True)
class Ready:
    """The shell has answered; noise is what a banner or start-up file printed before."""

    noise: bytes


@dataclass(frozen=True)
class Began:
    """The node has started the command."""

    nonce: str


@dataclass(frozen=True)
class Output:
    """A piece of a streamed command's output, as early as it is known to be no mark."""

    nonce: str
    stream: int
    data: bytes


@dataclass(frozen=True)
class Ended:
    """The command's result; left: a process that it started still holds the streams."""

    nonce: str
    result: Result
    left: bool


@dataclass(frozen=True)
class Gone:
    """The worker died: killed by the command, or by somebody else."""


Event = Ready | Began | Output | Ended | Gone
