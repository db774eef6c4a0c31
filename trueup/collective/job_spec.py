"""Describe what is launched: the nodes, in the order of their ranks, and the job."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from trueup.declaration import Node, Profile
from trueup.remote_shell import Result

KIB = 1024
# A few elements, an odd number of them, and enough to fill the pipes of a network.
SIZES = (12, 1_000_012, 16 * KIB * KIB)
# Two of three decide on speed.
ROUNDS = 3
# DeepSpeed's import takes three times the CPU that torch's does (5.4 s to 1.7 s with DeepSpeed 0.14.5, torch 2.0.1).
IMPORTS = 3
DTYPES = ("float32", "float16", "int64", "bfloat16")


OnOutput = Callable[[int, bytes], None]


class CommandRunner(Protocol):
    """Run commands on one node; the part of trueup.remote_shell.Shell that a launch needs.

    run_pty overtakes commands that were submitted before.
    """

    def submit(
        self,
        command: str,
        *,
        stdin: bytes | None = None,
        timeout: float | None = None,
        on_output: OnOutput | None = None,
    ) -> "Future[Result]": ...

    def run_pty(self, command: str, *, stdin: bytes | None = None, timeout: float | None = None) -> Result: ...


@dataclass(frozen=True)
class Member:
    """One node of a job."""

    name: str
    """The node's name."""
    address: str
    """Its address on the network of the collective."""
    interface: str
    """Its interface on that network."""
    python: str
    """Interpreter of the training environment."""
    shell: CommandRunner
    """Runs commands on the node."""
    gpus: int = 0
    """How many GPUs are declared."""
    cuda: bool = False
    """Whether a GPU that cannot be counted is a fault."""
    shm_mib: int = 0
    """Declared size of /dev/shm."""
    link_mbit: int | None = None
    """Declared speed of the link; None where none is declared."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Environment variables of this node's ranks only."""


@dataclass(frozen=True)
class JobSpec:
    """One run of a job; a verdict on bandwidth needs three rounds."""

    backend: str
    """"nccl" or "gloo"."""
    ranks_per_node: int
    """Processes on each node."""
    ports: tuple[int, int]
    """First and last port for the rendezvous."""
    deadline_s: int
    """Seconds after which the job is ended."""
    sizes: tuple[int, ...] = SIZES
    """Bytes of the buffers."""
    dtypes: tuple[str, ...] = DTYPES
    """Types of the elements."""
    timed: tuple[str, ...] = ("all_reduce",)
    """Operations that are timed."""
    # nccl-tests warms up 5 times; fewer than 3 read up to 6 times too low.
    warmups: int = 5
    """Calls before the timed ones."""
    iterations: int = 5
    """Timed calls in each round."""
    rounds: int = 1
    """How often the iterations are repeated."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Environment variables of all ranks."""
    program: Literal["allreduce_job", "training_job"] = "allreduce_job"
    """Module of collective/node that each rank runs."""
    stage: int = 0
    """ZeRO stage of the training job."""


def member(node: Node, profile: Profile, shell: CommandRunner) -> Member:
    """Return the node as a member of a job, with the interpreter of the profile's environment."""
    python = f"{profile.env_prefix}/bin/python"
    return Member(
        name=node.name,
        address=node.address,
        interface=node.interface,
        python=python,
        shell=shell,
        gpus=node.gpu_count,
        cuda=profile.accelerator == "cuda",
        shm_mib=profile.host.shm_mib,
        link_mbit=node.link_mbit,
    )


def members_of(nodes: Sequence[Node], profile: Profile, shells: Mapping[str, CommandRunner]) -> tuple[Member, ...]:
    """Return the members in the order of the nodes; the first one hosts the rendezvous."""
    return tuple(member(node, profile, shells[node.name]) for node in nodes)


def job_of(profile: Profile) -> JobSpec:
    """Return the collective job that a profile declares, with the default sizes."""
    collective = profile.collective
    log = {"NCCL_DEBUG": "INFO"} if collective.backend == "nccl" else {}
    return JobSpec(
        backend=collective.backend,
        ranks_per_node=collective.ranks_per_node,
        ports=collective.ports,
        deadline_s=collective.deadline_s,
        rounds=ROUNDS,
        environment={**profile.nccl.settings, **log},
    )


def training_of(profile: Profile) -> JobSpec:
    """Return the training step that a profile declares; DeepSpeed gets its accelerator by name, and never guesses."""
    job = job_of(profile)
    accelerator = "cuda" if job.backend == "nccl" else "cpu"
    environment = {**job.environment, "DS_ACCELERATOR": accelerator}
    return replace(
        job,
        program="training_job",
        stage=profile.deepspeed.zero_stage,
        environment=environment,
        deadline_s=IMPORTS * job.deadline_s,
    )
