"""Every distribution: what a bare node lacks, and that a good one lacks nothing."""

import pytest

from tests.deploy.fleet import Run, addresses, run
from tests.deploy.healthy_node import ANCHOR, COMPILERS, PACKAGES, bare, converged
from tests.deploy.machine import Machine

BEFORE = [
    "access | .ssh of root",
    "access | key of root",
    "access | account train",
    "access | .ssh of train",
    "access | key of train",
    "access | authorized keys of root",
    "access | authorized keys of train",
    "access | pinned host keys",
    "access | names",
    "host | packages",
    "host | limits",
    "host | shared memory",
    "time | servers",
    "time | service",
    "package repository | NVIDIA's packages",
    "driver | nouveau denied",
    "driver | packages",
    "driver | persistence daemon",
]
AFTER = [
    "cuda | toolkit 11.8",
    "cuda | link",
    "cuda | CUDA_HOME and PATH",
    "conda | base installation",
    "conda | conda init for train",
    "env | environment dis",
    "env | wheels of dis",
    "deepspeed | DeepSpeed 0.14.5",
    "deepspeed | hostfile",
    "deepspeed | .deepspeed_env of root",
    "deepspeed | .deepspeed_env of train",
    "nccl | nccl.conf",
    "nccl | Gloo's interface",
]
# Debian 13 has no compiler that nvcc 11.8 takes (test_refusals.py); test_components.py has it with a newer toolkit.
FAMILIES = sorted(family for family in PACKAGES if family != ("debian", "13"))
EACH = pytest.mark.parametrize("family", FAMILIES, ids=["-".join(family) for family in FAMILIES])


def name_of(state: str, family: tuple[str, str]) -> str:
    return f"{state}-{'-'.join(family).replace('.', '-')}"


@pytest.fixture(scope="module")
def machines() -> list[Machine]:
    """A bare and a good node of each distribution, and one that is out."""
    names = [ANCHOR, "out", *(name_of(state, family) for state in ("bare", "good") for family in FAMILIES)]
    fleet = {name: address for name, address in addresses(names).items() if name != "out"}
    out = Machine("out", maintenance="dead fan, until 2026-12-01")
    good = [converged(name_of("good", family), *family, fleet) for family in FAMILIES]
    raw = [bare(name_of("bare", family), *family) for family in FAMILIES]
    return [converged(ANCHOR, "debian", "12", fleet), *good, *raw, out]


@pytest.fixture(scope="module")
def dry(tmp_path_factory: pytest.TempPathFactory, machines: list[Machine]) -> Run:
    """One dry run over all of them."""
    return run(tmp_path_factory.mktemp("dry"), machines)


@EACH
def test_bare_node_gets_everything_in_order(dry: Run, family: tuple[str, str]) -> None:
    """Keys before those who trust them, packages before their files, a base before its environment."""
    compiler = ["cuda | compiler for nvcc"] if family in COMPILERS else []

    assert [*BEFORE, *compiler, *AFTER] == dry.changes()[name_of("bare", family)]


def test_no_undeclared_archive(dry: Run) -> None:
    """CentOS 7's own addresses are dead; still, where its packages come from is for its owner to say."""
    assert [] == [each for sent in dry.commands.values() for each in sent if "CentOS-Base" in each or "vault" in each]


@EACH
def test_good_node_gets_nothing(dry: Run, family: tuple[str, str]) -> None:
    """A converged node yields an empty plan, always; what belongs to others is left alone."""
    assert [] == dry.changes().get(name_of("good", family), [])


def test_node_in_maintenance_is_not_touched(dry: Run) -> None:
    """It gets no operation and is asked nothing, and no other node is told of it."""
    assert [] == dry.changes().get("out", [])
    assert [] == dry.commands["out"]


def test_dry_run_sends_no_command_that_changes(dry: Run) -> None:
    """While planning only questions are asked."""
    changing = ("useradd", "mv -f", "install ", "apt-get", "curl", "chmod", "conda create", "remount", "systemctl en")

    assert [] == [each for sent in dry.commands.values() for each in sent if any(word in each for word in changing)]
