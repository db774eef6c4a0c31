"""What is launched: the nodes, in the order of their ranks, and the job, as the profile declares it."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from trueup.declaration import Node, Profile
from trueup.remote_shell.target import Result

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
    """The part of trueup.remote_shell.Shell that a launch needs; run_pty overtakes what was submitted before."""

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
    """One node of the job. python: of the training environment; address, interface: of the collective.

    gpus, shm_mib, link_mbit: as declared; cuda: whether a GPU that cannot be counted is a fault.
    """

    name: str
    address: str
    interface: str
    python: str
    shell: CommandRunner
    gpus: int = 0
    cuda: bool = False
    shm_mib: int = 0
    link_mbit: int | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class JobSpec:
    """One run. sizes: bytes; ports: first and last; environment: settings for all ranks.

    Each timed operation runs rounds times its iterations; a verdict on speed needs three rounds.
    program: the collective, or a training step at that ZeRO stage.
    """

    backend: str
    ranks_per_node: int
    ports: tuple[int, int]
    deadline_s: int
    sizes: tuple[int, ...] = SIZES
    dtypes: tuple[str, ...] = DTYPES
    timed: tuple[str, ...] = ("all_reduce",)
    # nccl-tests warms up 5 times; fewer than 3 read up to 6 times too low.
    warmups: int = 5
    iterations: int = 5
    rounds: int = 1
    environment: Mapping[str, str] = field(default_factory=dict)
    program: Literal["allreduce_job", "training_job"] = "allreduce_job"
    stage: int = 0


def member(node: Node, profile: Profile, shell: CommandRunner) -> Member:
    """The node as a member of the job, with the interpreter of the profile's environment."""
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
    """The nodes in the order given; the first one is the host of the rendezvous."""
    return tuple(member(node, profile, shells[node.name]) for node in nodes)


def job_of(profile: Profile) -> JobSpec:
    """The job as the profile declares it, with the usual sizes."""
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
    """The training step as the profile declares it; DeepSpeed is told its accelerator, and never guesses."""
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
