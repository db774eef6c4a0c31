"""The records of a profile: one per component, no version with a default."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from trueup.declaration.types import (
    AbsolutePath,
    AccountName,
    Address,
    EnvironmentName,
    Line,
    MajorMinor,
    NodeName,
    Record,
    Url,
    Version,
)

Port = Annotated[int, Field(ge=1024, le=65535)]


# sshd(8), AUTHORIZED_KEYS FILE FORMAT, without options.
PublicKey = Annotated[str, Field(pattern=r"^(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/=]+( [^\n]*)?$")]


# The trees of a distribution that is past its end of life.
ArchiveName = Literal["vault", "epel", "scl"]


class Account(Record):
    """An account that gets keys, conda and the environment."""

    name: AccountName
    home: AbsolutePath


class Access(Record):
    """The SSH mesh between the nodes.

    mesh: "all" ordered pairs, or the (from, to) pairs declared.
    operator_keys: public keys ("type body comment") that may log in beside the mesh.
    exclusive: True removes keys that nobody declared; False reports them.
    mesh_options: what the mesh's keys are restricted to (sshd(8)): "from" the source's own address; "restrict" to
    commands, without terminals and forwarding.
    """

    accounts: Annotated[tuple[Account, ...], Field(min_length=1)]
    key_type: Literal["ed25519", "rsa"]
    mesh: Literal["all"] | tuple[tuple[NodeName, NodeName], ...]
    operator_keys: tuple[PublicKey, ...]
    exclusive: bool
    mesh_options: tuple[Literal["from", "restrict"], ...]

    def allows(self, source: str, target: str) -> bool:
        """Tell whether the mesh lets one node log in on another; no node logs in on itself."""
        if source == target:
            return False
        return self.mesh == "all" or (source, target) in self.mesh


class Host(Record):
    """Packages (by their EL names), limits, shared memory.

    memlock_kib: KiB or "unlimited"; shm_mib: MiB.
    archives: addresses of what a distribution left behind at its end of life, for nodes that run it: its own tree,
    EPEL's, and that of its newer compilers.
    """

    packages: tuple[str, ...]
    memlock_kib: Annotated[int, Field(gt=0)] | Literal["unlimited"]
    nofile: Annotated[int, Field(gt=0)]
    shm_mib: Annotated[int, Field(gt=0)]
    archives: dict[ArchiveName, Url]


class Time(Record):
    """The time service; servers: whom it asks beside those of the distribution's own file."""

    servers: tuple[Address, ...]


class Driver(Record):
    """The NVIDIA driver.

    headers: whether converge installs the running kernel's (DKMS needs them, precompiled modules do not).
    runfile: a driver runfile of the lock instead of packages, for nodes without a repository, or None.
    reboot: whether converge may reboot a node that needs it.
    """

    branch: Annotated[str, Field(pattern=r"^\d{3}$")]
    modules: Literal["proprietary", "open"]
    headers: bool
    runfile: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+\.run$")] | None
    reboot: bool


class Cuda(Record):
    """The CUDA toolkit (nvcc and headers), not the runtime that torch brings."""

    toolkit: MajorMinor


class Conda(Record):
    """The base installation; installer is a file name in the lock."""

    installer: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+\.sh$")]
    prefix: AbsolutePath
    init_for: tuple[AccountName, ...]


class Env(Record):
    """The training environment; wheels names the pins, lock the file that holds every hash."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
    python: MajorMinor
    wheels: dict[str, Version]
    cuda_build: MajorMinor


class DeepSpeed(Record):
    """DeepSpeed and the ops that are compiled beforehand; zero_stage: of the training step."""

    version: Version
    build_ops: tuple[Annotated[str, Field(pattern=r"^[a-z_]+$")], ...]
    zero_stage: Literal[0, 1, 2, 3]


class Nccl(Record):
    """What goes into /etc/nccl.conf beside the interface, which is each node's own."""

    settings: dict[EnvironmentName, Line]


class Collective(Record):
    """The two-node job; ports: first and last of the range that it may use."""

    backend: Literal["nccl", "gloo"]
    ranks_per_node: Annotated[int, Field(ge=1, le=16)]
    ports: tuple[Port, Port]
    deadline_s: Annotated[int, Field(ge=5, le=3600)]

    @model_validator(mode="after")
    def _ports_are_a_range(self) -> Self:
        first, last = self.ports
        if first > last:
            raise ValueError(f"ports must be (first, last) with first <= last, found ({first}, {last})")
        return self


def env_prefix(conda_prefix: str, env: str) -> str:
    """Return where conda keeps the environment of that name."""
    return f"{conda_prefix}/envs/{env}"


class Profile(Record):
    """One declared stack. accelerator "simulated" marks the lab's stand-in in every report."""

    accelerator: Literal["cuda", "simulated"]
    lock: Annotated[str, Field(pattern=r"^[A-Za-z0-9._/-]+\.lock$")]
    access: Access
    host: Host
    time: Time
    driver: Driver
    cuda: Cuda
    conda: Conda
    env: Env
    deepspeed: DeepSpeed
    nccl: Nccl
    collective: Collective

    @model_validator(mode="after")
    def _init_for_declared_accounts(self) -> Self:
        declared = {account.name for account in self.access.accounts}
        unknown = sorted(set(self.conda.init_for) - declared)
        if unknown:
            raise ValueError(f"conda.init_for names {unknown}; access.accounts declares {sorted(declared)}")
        return self

    @property
    def env_prefix(self) -> str:
        """The training environment's folder."""
        return env_prefix(self.conda.prefix, self.env.name)

    def account(self, name: str) -> Account:
        """Return the declared account of that name; raises StopIteration where there is none."""
        return next(account for account in self.access.accounts if account.name == name)

    def key_path(self, account: str) -> str:
        """Return the path of the account's own private key."""
        return f"{self.account(account).home}/.ssh/id_{self.access.key_type}"


# In the order in which they converge; the collective is a job between them, not a part of a node.
COMPONENTS: tuple[str, ...] = tuple(
    name for name in Profile.model_fields if name not in ("accelerator", "lock", "collective")
)
