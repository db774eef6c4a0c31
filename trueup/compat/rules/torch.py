"""The torch release and its build against GPU, Python, glibc, machine, nvcc."""

from collections.abc import Iterator

from trueup.compat.rules.rule import Breach, node_rule
from trueup.compat.stack import StackOnNode
from trueup.compat.tables import lookup, schema
from trueup.compat.versions import major, version_key

META = "metadata of the published wheels"


def runs(capability: str, build: schema.Build) -> bool:
    """Whether that build has machine code or PTX that a GPU of that capability can run.

    Machine code runs within its major from its own minor on; PTX on everything newer
    (NVIDIA CUDA C++ Programming Guide, binary and PTX compatibility).
    """
    want = version_key(f"{capability}.1")[:2]
    have = [tuple(int(part) for part in entry.split(".")) for entry in build.capabilities]
    if any(sm[0] == want[0] and sm[1] <= want[1] for sm in have):
        return True
    return build.ptx and max(have) <= want


@node_rule("torch-build", "torch", "build", source="pytorch RELEASE.md, CUDA support matrix; build scripts")
def torch_build(at: StackOnNode) -> Iterator[Breach]:
    """The torch release exists in that CUDA build."""
    rows_of = lookup.builds(at.stack.torch)
    found = [row.build for row in rows_of]
    default = lookup.torch(at.stack.torch).default_build
    unsure = [row.build for row in rows_of if row.status == "memory" and row.build != default]
    if at.stack.build in unsure:
        yield Breach(
            f"a build of torch {at.stack.torch} for CUDA {at.stack.build}",
            "it is expected, and nobody has verified it",
            f"look into the index first, or take {default}",
            level="warning",
        )
    if at.stack.build not in found:
        yield Breach(
            f"a build of torch {at.stack.torch} for CUDA {at.stack.build}",
            f"it is built for {', '.join(found)}",
            f"set env.cuda_build to one of {', '.join(found)}",
        )


@node_rule("torch-arch", "torch", "build", source="pytorch arch lists per build")
def torch_arch(at: StackOnNode) -> Iterator[Breach]:
    """The torch build has kernels for the node's GPUs (is_available() says True even without)."""
    gpu = lookup.gpu(at.node.gpu)
    build = lookup.build(at.stack.torch, at.stack.build)
    if runs(gpu.capability, build):
        if build.status == "memory":
            yield Breach(
                "a verified arch list",
                f"that of torch {at.stack.torch} for CUDA {build.build} is inferred",
                "compare torch.cuda.get_arch_list() on one node first",
                level="warning",
            )
        return
    same = [row.build for row in lookup.builds(at.stack.torch) if runs(gpu.capability, row)]
    others = [
        f"torch {row.torch} for CUDA {row.build}"
        for row in lookup.every("builds", schema.Build)
        if runs(gpu.capability, row)
    ]
    remedy = f"the build for CUDA {' or '.join(same)} of the same release" if same else others[-1]
    yield Breach(
        f"kernels for capability {gpu.capability} ({gpu.name})",
        f"torch {at.stack.torch} for CUDA {build.build} has {', '.join(build.capabilities)}",
        f"take {remedy}",
        status=build.status,
    )


@node_rule("torch-python", "torch", "python", source=f"{META}")
def torch_python(at: StackOnNode) -> Iterator[Breach]:
    """The torch release has wheels for that Python."""
    row = lookup.torch(at.stack.torch)
    if version_key(row.python_min) <= version_key(at.stack.python) <= version_key(row.python_max):
        return
    uncertain = at.stack.python in row.python_uncertain
    yield Breach(
        f"Python {row.python_min} to {row.python_max} for torch {row.torch}",
        f"Python {at.stack.python}" + (", for which wheels are late or experimental" if uncertain else ""),
        f"set env.python to one of {row.python_min} to {row.python_max}",
        level="warning" if uncertain else None,
    )


@node_rule("torch-glibc", "torch", "build", source="wheel tags")
def torch_glibc(at: StackOnNode) -> Iterator[Breach]:
    """The node's glibc is new enough for the tag of the torch wheel."""
    glibc = at.node.glibc or lookup.distro(at.node.need("distro")).glibc
    needs = lookup.build(at.stack.torch, at.stack.build).glibc or lookup.torch(at.stack.torch).glibc
    if version_key(glibc) >= version_key(needs):
        return
    fits = [row.torch for row in lookup.every("torch", schema.TorchRow) if version_key(row.glibc) <= version_key(glibc)]
    yield Breach(
        f"glibc {needs} for torch {at.stack.torch} (CUDA {at.stack.build})",
        f"glibc {glibc}" + (f" of {at.node.distro}" if at.node.distro else ""),
        f"take at the newest torch {fits[-1]}, or a newer distribution" if fits else "a newer distribution",
    )


@node_rule("torch-machine", source="wheel tags: the tables speak of Linux x86_64 only", level="cannot judge")
def torch_machine(at: StackOnNode) -> Iterator[Breach]:
    """The node is an x86_64 machine: the tables speak of no other."""
    if at.node.machine not in (None, "x86_64"):
        yield Breach("x86_64", f"{at.node.machine}", "add tables for that machine: docs/add-a-release.md")


@node_rule("toolkit-torch", "toolkit", "build", source="torch/utils/cpp_extension.py")
def toolkit_torch(at: StackOnNode) -> Iterator[Breach]:
    """nvcc and torch's CUDA share their major; a different minor only gets a warning from torch."""
    nvcc, cuda = at.stack.toolkit, at.stack.build
    if nvcc == cuda:
        return
    yield Breach(
        f"nvcc of CUDA {major(cuda)}, best {cuda}, for torch built for CUDA {cuda}",
        f"the toolkit is {nvcc}",
        f'set cuda.toolkit to "{cuda}"',
        level="warning" if major(nvcc) == major(cuda) else None,
    )


@node_rule("triton-capability", "torch", source="triton README and PR #5066", level="warning")
def triton_capability(at: StackOnNode) -> Iterator[Breach]:
    """torch.compile's triton asks for capability 8.0."""
    triton = lookup.torch(at.stack.torch).triton
    gpu = lookup.gpu(at.node.gpu)
    if triton is not None and gpu.sm < (8, 0):
        yield Breach(
            f"capability 8.0 for triton {triton}",
            f"{gpu.name} has {gpu.capability}",
            "train without torch.compile on this node",
        )
