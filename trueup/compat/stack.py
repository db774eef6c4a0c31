"""Flatten the profile versions and node facts that the rules read."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from trueup.declaration import Node, Profile


class MissingFact(Exception):
    """Report a fact that a rule needs and neither inventory nor probe has."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


@dataclass(frozen=True)
class Stack:
    """The part of a profile that can be incompatible with a node, or with itself."""

    torch: str
    build: str
    python: str
    toolkit: str
    branch: str
    modules: str
    deepspeed: str
    numpy: str | None = None
    setuptools: str | None = None
    torchvision: str | None = None
    torchaudio: str | None = None
    ops: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    installer: str = "Miniforge3-"
    backend: str = "nccl"
    nccl: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class NodeFacts:
    """One node as declared, or as probed; None: not known.

    glibc: getconf GNU_LIBC_VERSION; machine: uname -m; driver, gcc: versions installed now;
    arch_list: TORCH_CUDA_ARCH_LIST in the environment of a command over ssh.
    """

    name: str
    gpu: str
    gpu_count: int = 1
    distro: str | None = None
    declared_distro: str | None = None
    glibc: str | None = None
    machine: str | None = None
    driver: str | None = None
    cpu: str | None = None
    gcc: str | None = None
    arch_list: str | None = None
    probed: bool = False

    def need(self, name: str) -> str:
        """The fact of that name; raises MissingFact when it is not known."""
        value = getattr(self, name)
        if not isinstance(value, str):
            raise MissingFact(name)
        return value


def today_utc() -> date:
    """Today, by which ends of life are judged."""
    return datetime.now(tz=UTC).date()


@dataclass(frozen=True)
class StackOnNode:
    """A stack on a node, on a day."""

    node: NodeFacts
    stack: Stack
    today: date = field(default_factory=today_utc)


def stack_of(profile: Profile) -> Stack:
    """The stack that the profile declares; raises KeyError when env.wheels pins no torch."""
    wheels = profile.env.wheels
    return Stack(
        torch=wheels["torch"],
        build=profile.env.cuda_build,
        python=profile.env.python,
        toolkit=profile.cuda.toolkit,
        branch=profile.driver.branch,
        modules=profile.driver.modules,
        deepspeed=profile.deepspeed.version,
        numpy=wheels.get("numpy"),
        setuptools=wheels.get("setuptools"),
        torchvision=wheels.get("torchvision"),
        torchaudio=wheels.get("torchaudio"),
        ops=profile.deepspeed.build_ops,
        packages=profile.host.packages,
        installer=profile.conda.installer,
        backend=profile.collective.backend,
        nccl=tuple(sorted(profile.nccl.settings.items())),
    )


def declared_facts(node: Node) -> NodeFacts:
    """What the inventory says of a node."""
    return NodeFacts(
        name=node.name,
        gpu=node.gpu_model,
        gpu_count=node.gpu_count,
        distro=node.distro,
        declared_distro=node.distro,
        driver=node.driver,
        cpu=node.cpu,
    )
