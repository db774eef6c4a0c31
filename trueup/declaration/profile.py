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
    """Declare an account that gets keys, conda and the environment."""

    name: AccountName
    """Account on every node of the profile."""
    home: AbsolutePath
    """Its home folder."""


class Access(Record):
    """Declare the SSH mesh between the nodes."""

    accounts: Annotated[tuple[Account, ...], Field(min_length=1)]
    """Accounts that get keys, conda and the environment."""
    key_type: Literal["ed25519", "rsa"]
    """Type of each account's own key."""
    mesh: Literal["all"] | tuple[tuple[NodeName, NodeName], ...]
    """All ordered pairs of nodes, or the (from, to) pairs declared."""
    operator_keys: tuple[PublicKey, ...]
    """Public keys ("type body comment") that may log in beside the mesh."""
    exclusive: bool
    """True removes keys that nobody declared; False reports them."""
    mesh_options: tuple[Literal["from", "restrict"], ...]
    """Limits of the mesh's keys (sshd(8)): "from" the source's own address; "restrict" to commands, without
    terminals and forwarding."""

    def allows(self, source: str, target: str) -> bool:
        """Tell whether the mesh lets one node log in on another; no node logs in on itself."""
        if source == target:
            return False
        return self.mesh == "all" or (source, target) in self.mesh


class Host(Record):
    """Declare packages, limits and shared memory."""

    packages: tuple[str, ...]
    """Packages to install, by their EL names."""
    memlock_kib: Annotated[int, Field(gt=0)] | Literal["unlimited"]
    """Limit of locked memory in KiB."""
    nofile: Annotated[int, Field(gt=0)]
    """Limit of open files."""
    shm_mib: Annotated[int, Field(gt=0)]
    """Size of /dev/shm in MiB."""
    archives: dict[ArchiveName, Url]
    """Addresses of what a distribution left behind at its end of life, for nodes that run it."""


class Time(Record):
    """Declare the time service."""

    servers: tuple[Address, ...]
    """Servers to ask beside those of the distribution's own file."""


class Driver(Record):
    """Declare the NVIDIA driver."""

    branch: Annotated[str, Field(pattern=r"^\d{3}$")]
    """Driver branch."""
    modules: Literal["proprietary", "open"]
    """Flavour of the kernel modules."""
    headers: bool
    """Whether to install the running kernel's headers; DKMS needs them, precompiled modules do not."""
    runfile: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+\.run$")] | None
    """A driver runfile of the lockfile instead of packages, for nodes without a repository."""
    reboot: bool
    """Whether converge may reboot a node that needs it."""


class Cuda(Record):
    """Declare the CUDA toolkit, not the runtime that torch brings."""

    toolkit: MajorMinor
    """Release of nvcc and the headers."""


class Conda(Record):
    """Declare the base installation of conda."""

    installer: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+\.sh$")]
    """Name of the installer in the lockfile."""
    prefix: AbsolutePath
    """Folder of the base installation."""
    init_for: tuple[AccountName, ...]
    """Accounts whose shells know conda."""


class Env(Record):
    """Declare the training environment."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
    """Name of the environment."""
    python: MajorMinor
    """Python of the environment."""
    wheels: dict[str, Version]
    """Pinned packages; the lockfile has every hash."""
    cuda_build: MajorMinor
    """CUDA release that torch was built for."""


class DeepSpeed(Record):
    """Declare DeepSpeed and the ops that are compiled beforehand."""

    version: Version
    """Release of DeepSpeed."""
    build_ops: tuple[Annotated[str, Field(pattern=r"^[a-z_]+$")], ...]
    """Ops to compile beforehand."""
    zero_stage: Literal[0, 1, 2, 3]
    """ZeRO stage of the training step."""


class Nccl(Record):
    """Declare the settings of NCCL."""

    settings: dict[EnvironmentName, Line]
    """Lines of /etc/nccl.conf beside the interface, which is each node's own."""


class Collective(Record):
    """Declare the job between the nodes."""

    backend: Literal["nccl", "gloo"]
    """Backend of torch.distributed."""
    ranks_per_node: Annotated[int, Field(ge=1, le=16)]
    """Processes on each node."""
    ports: tuple[Port, Port]
    """First and last port that the job may use."""
    deadline_s: Annotated[int, Field(ge=5, le=3600)]
    """Seconds after which the job is stopped."""

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
    """Declare one stack."""

    accelerator: Literal["cuda", "simulated"]
    """ "simulated" marks the lab's stand-in in every report."""
    lock: Annotated[str, Field(pattern=r"^[A-Za-z0-9._/-]+\.lock$")]
    """Lockfile of every artifact, by hash."""
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
