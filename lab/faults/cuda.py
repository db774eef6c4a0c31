"""Faults of the toolkit, and of what a build finds, on one node."""

from lab.faults.common import DEBIAN, DEBIAN_12, INHERITED, TERMINALS, WITH_STANDARD_STACK
from lab.faults.fault import Fault, NodeKind

HOME = "/usr/local/cuda"
LINK = "cuda/link_leads_to_the_declared_toolkit"
TOOLKIT = "cuda | toolkit 11.8"
DEEPSPEED = "deepspeed | DeepSpeed 0.14.5"
NVCC = ("deepspeed/nvcc_of_the_report_is_the_declared_one", "deepspeed/nvcc_goes_with_torch_by_deepspeed_s_rule")
ASKS = "ds_report asks that nvcc"
# Where the distribution's own compiler is newer than nvcc takes.
COMPILER_LINE = "nvcc is told its compiler there"


def finds(*ways: str) -> tuple[str, ...]:
    """Return the check of CUDA_HOME and PATH, for each way."""
    return tuple(f"cuda/build_finds_the_toolkit[{way}]" for way in ways)


REPOSITORY = "cuda/package_repository_is_held_to_its_key"
_SOURCES = "/etc/apt/sources.list.d/trueup-cuda.sources"
_FAKE = "printf '#!/bin/sh\\necho Cuda compilation tools, release 12.1, V12.1.105\\n' >"


def repository(
    name: str, cause: str, node: str, inject: str, verify: str, runs_on: tuple[NodeKind, ...] = DEBIAN
) -> Fault:
    """Return the file of NVIDIA's packages, no longer as converge writes it."""
    return Fault(
        name=name,
        cause=cause,
        node=node,
        runs_on=runs_on,
        inject=(inject,),
        verify=verify,
        failing_checks=(REPOSITORY,),
        plan=("package repository | NVIDIA's packages",),
        converge_repairs=True,
    )


REPOSITORIES = (
    repository(
        "cuda-repository-unsigned",
        "The mirror's signature had expired, and somebody had to install something.",
        "node1",
        f"sed -i 's/^Signed-By:.*/Trusted: yes/' {_SOURCES}",
        f"grep -qx 'Trusted: yes' {_SOURCES}",
    ),
    repository(
        "cuda-repository-lost",
        "The list of sources was tidied up before an upgrade of the distribution.",
        "node2",
        f"rm {_SOURCES}",
        f"! [ -e {_SOURCES} ]",
    ),
)
TOOLKITS = (
    Fault(
        name="cuda-link-repointed",
        cause="A later toolkit took the link.",
        node="node1",
        runs_on=WITH_STANDARD_STACK,
        inject=(
            f"mkdir -p {HOME}-12.1/bin && {_FAKE} {HOME}-12.1/bin/nvcc && chmod 755 {HOME}-12.1/bin/nvcc",
            f"ln -sfn {HOME}-12.1 {HOME}.new && mv -fT {HOME}.new {HOME}",
        ),
        verify=f"[ $(readlink -m {HOME}) = {HOME}-12.1 ]",
        failing_checks=(LINK, *NVCC),
        reasons=(ASKS, ASKS),
        notes=("cuda/only_the_declared_toolkit_is_there",),
        plan=("cuda | link", DEEPSPEED),
        converge_repairs=True,
        cleanup=(f"rm -r {HOME}-12.1",),
    ),
    Fault(
        name="cuda-nvcc-replaced",
        cause="nvcc of another release was copied over it.",
        node="node2",
        runs_on=WITH_STANDARD_STACK,
        inject=(f"rm {HOME}-11.8/bin/nvcc && {_FAKE} {HOME}-11.8/bin/nvcc && chmod 755 {HOME}-11.8/bin/nvcc",),
        verify=f"{HOME}-11.8/bin/nvcc --version | grep -q 12.1",
        failing_checks=("cuda/nvcc_is_the_declared_one", "cuda/nvcc_compiles", *NVCC),
        reasons=("it is no compiler", ASKS, ASKS),
        plan=(TOOLKIT,),
        converge_repairs=True,
    ),
    Fault(
        name="cuda-toolkit-removed",
        cause="apt purge of everything with cuda in its name.",
        node="node1",
        runs_on=("debian-11", "debian-12"),
        inject=("dpkg --remove cuda-toolkit-11-8",),
        verify=f"! [ -e {HOME}-11.8/bin/nvcc ]",
        failing_checks=(
            "cuda/nvcc_is_the_declared_one",
            "cuda/only_the_declared_toolkit_is_there",
            LINK,
            "cuda/nvcc_compiles",
            "deepspeed/op_has_code_for_this_node_s_gpus[fused_adam]",
            *NVCC,
        ),
        reasons=("it is gone", "the package takes the link along", "no compiler", "its cuobjdump looks", ASKS, ASKS),
        plan=(TOOLKIT, "cuda | link", DEEPSPEED),
        converge_repairs=True,
    ),
    Fault(
        name="cuda-compiler-removed",
        cause="Only the distribution's newest compiler was kept.",
        node="node2",
        runs_on=DEBIAN_12,
        inject=("dpkg --force-depends --remove g++-11",),
        verify="! [ -e /usr/bin/g++-11 ]",
        failing_checks=("cuda/nvcc_compiles",),
        plan=("cuda | compiler for nvcc",),
        converge_repairs=True,
    ),
    Fault(
        name="cuda-home-lost",
        cause="/etc/environment was written anew by another tool.",
        node="node2",
        inject=("sed -i '/^# BEGIN trueup cuda/,/^# END trueup cuda/d' /etc/environment",),
        verify="! grep -q CUDA_HOME /etc/environment",
        failing_checks=(*finds("ssh command, root"), "cuda/nvcc_compiles"),
        reasons=(COMPILER_LINE,),
        plan=("cuda | CUDA_HOME and PATH",),
        converge_repairs=True,
    ),
    Fault(
        name="cuda-profile-lost",
        cause="Somebody tidied /etc/profile.d.",
        node="node1",
        inject=("rm /etc/profile.d/trueup-cuda.sh",),
        verify="! [ -e /etc/profile.d/trueup-cuda.sh ]",
        failing_checks=finds(*TERMINALS),
        reasons=(INHERITED,) * 3,
        plan=("cuda | CUDA_HOME and PATH",),
        converge_repairs=True,
    ),
)
CONTROLS = (
    Fault(
        name="control-cuda-toolkit-beside",
        cause="Another job needs a later toolkit, under its own name.",
        node="node2",
        runs_on=WITH_STANDARD_STACK,
        inject=(f"mkdir -p {HOME}-12.4/bin",),
        verify=f"[ -d {HOME}-12.4 ]",
        failing_checks=(),
        notes=("cuda/only_the_declared_toolkit_is_there",),
        converge_repairs=False,
        undo=(f"rm -r {HOME}-12.4",),
    ),
    Fault(
        name="control-cuda-path-for-one-command",
        cause="A user's alias sets the path for one program alone.",
        node="node1",
        inject=("echo 'alias old=\"env -u X /opt/old/bin/run\"' >> /home/train/.bashrc",),
        verify="grep -q '^alias old=' /home/train/.bashrc",
        failing_checks=(),
        converge_repairs=False,
        undo=("sed -i '/^alias old=/d' /home/train/.bashrc",),
    ),
)

FAULTS = REPOSITORIES + TOOLKITS + CONTROLS
