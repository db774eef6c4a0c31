"""The torch release, its build, and what stands beside it in the environment."""

from collections.abc import Iterator

from trueup.spec.rules.rule import Breach, node_rule
from trueup.spec.stack import Placed
from trueup.spec.tables import know, rows
from trueup.spec.versions import key, major

META = "metadata of the published wheels"


def runs(capability: str, build: rows.Build) -> bool:
    """Whether that build has machine code or PTX that a GPU of that capability can run.

    Machine code runs within its major from its own minor on; PTX on everything newer
    (NVIDIA CUDA C++ Programming Guide, binary and PTX compatibility).
    """
    want = key(f"{capability}.1")[:2]
    have = [tuple(int(part) for part in entry.split(".")) for entry in build.capabilities]
    if any(sm[0] == want[0] and sm[1] <= want[1] for sm in have):
        return True
    return build.ptx and max(have) <= want


@node_rule("torch-build", "torch", "build", source="pytorch RELEASE.md, CUDA support matrix; build scripts")
def torch_build(at: Placed) -> Iterator[Breach]:
    """The torch release exists in that CUDA build."""
    rows_of = know.builds(at.stack.torch)
    found = [row.build for row in rows_of]
    default = know.torch(at.stack.torch).default_build
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
def torch_arch(at: Placed) -> Iterator[Breach]:
    """The torch build has kernels for the node's GPUs (is_available() says True even without)."""
    gpu = know.gpu(at.node.gpu)
    build = know.build(at.stack.torch, at.stack.build)
    if runs(gpu.capability, build):
        if build.status == "memory":
            yield Breach(
                "a verified arch list",
                f"that of torch {at.stack.torch} for CUDA {build.build} is inferred",
                "compare torch.cuda.get_arch_list() on one node first",
                level="warning",
            )
        return
    same = [row.build for row in know.builds(at.stack.torch) if runs(gpu.capability, row)]
    others = [
        f"torch {row.torch} for CUDA {row.build}"
        for row in know.every("builds", rows.Build)
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
def torch_python(at: Placed) -> Iterator[Breach]:
    """The torch release has wheels for that Python."""
    row = know.torch(at.stack.torch)
    if key(row.python_min) <= key(at.stack.python) <= key(row.python_max):
        return
    uncertain = at.stack.python in row.python_uncertain
    yield Breach(
        f"Python {row.python_min} to {row.python_max} for torch {row.torch}",
        f"Python {at.stack.python}" + (", for which wheels are late or experimental" if uncertain else ""),
        f"set env.python to one of {row.python_min} to {row.python_max}",
        level="warning" if uncertain else None,
    )


def _pair(at: Placed, name: str, found: str | None, fits: tuple[str, ...]) -> Iterator[Breach]:
    if found is not None and key(found) not in {key(version) for version in fits}:
        yield Breach(
            f"{name} {' or '.join(fits)} beside torch {at.stack.torch}",
            f"{name} {found}",
            f"pin {name} to {fits[-1]}",
        )


@node_rule("torch-torchvision", "torch", "torchvision", source=f"{META}")
def torch_torchvision(at: Placed) -> Iterator[Breach]:
    """torchvision is the one made for the torch release."""
    yield from _pair(at, "torchvision", at.stack.torchvision, know.torch(at.stack.torch).torchvision)


@node_rule("torch-torchaudio", "torch", "torchaudio", source=f"{META}")
def torch_torchaudio(at: Placed) -> Iterator[Breach]:
    """torchaudio is the one made for the torch release."""
    yield from _pair(at, "torchaudio", at.stack.torchaudio, know.torch(at.stack.torch).torchaudio)


@node_rule("torch-glibc", "torch", "build", source="wheel tags")
def torch_glibc(at: Placed) -> Iterator[Breach]:
    """The node's glibc is new enough for the tag of the torch wheel."""
    glibc = at.node.glibc or know.distro(at.node.need("distro")).glibc
    needs = know.build(at.stack.torch, at.stack.build).glibc or know.torch(at.stack.torch).glibc
    if key(glibc) >= key(needs):
        return
    fits = [row.torch for row in know.every("torch", rows.Torch) if key(row.glibc) <= key(glibc)]
    yield Breach(
        f"glibc {needs} for torch {at.stack.torch} (CUDA {at.stack.build})",
        f"glibc {glibc}" + (f" of {at.node.distro}" if at.node.distro else ""),
        f"take at the newest torch {fits[-1]}, or a newer distribution" if fits else "a newer distribution",
    )


@node_rule("torch-machine", source="wheel tags: the tables speak of Linux x86_64 only", level="cannot judge")
def torch_machine(at: Placed) -> Iterator[Breach]:
    """The node is an x86_64 machine: the tables speak of no other."""
    if at.node.machine not in (None, "x86_64"):
        yield Breach("x86_64", f"{at.node.machine}", "add tables for that machine: docs/add-a-release.md")


@node_rule("torch-numpy", "torch", "numpy", source="torch 2.3 release notes")
def torch_numpy(at: Placed) -> Iterator[Breach]:
    """NumPy is one that the torch release was built against."""
    below = know.torch(at.stack.torch).numpy_below
    if below is None:
        return
    if at.stack.numpy is None:
        yield Breach(
            f"a pinned NumPy below {below} beside torch {at.stack.torch}",
            "no pin: the resolver takes NumPy 2",
            'pin numpy in env.wheels, e.g. "1.26.4"',
            level="warning",
        )
    elif key(at.stack.numpy) >= key(below):
        yield Breach(
            f"NumPy below {below} beside torch {at.stack.torch}",
            f"NumPy {at.stack.numpy}",
            'pin numpy to "1.26.4"',
        )


@node_rule("numpy-python", "numpy", "python", source="wheel tags of NumPy")
def numpy_python(at: Placed) -> Iterator[Breach]:
    """NumPy has wheels for that Python and for the node's glibc."""
    if at.stack.numpy is None:
        return
    row = know.numpy(at.stack.numpy)
    if not key(row.python_min) <= key(at.stack.python) <= key(row.python_max):
        yield Breach(
            f"Python {row.python_min} to {row.python_max} for NumPy {at.stack.numpy}",
            f"Python {at.stack.python}",
            "pin another NumPy, or take another Python",
            status=row.status,
        )
    glibc = at.node.glibc or know.distro(at.node.need("distro")).glibc
    if key(glibc) < key(row.glibc):
        yield Breach(
            f"glibc {row.glibc} for NumPy {at.stack.numpy}",
            f"glibc {glibc}",
            'pin numpy to "2.2.6" or older',
            status=row.status,
        )


@node_rule("torch-setuptools", "torch", "setuptools", source="DeepSpeed #5649, gsplat PR #899")
def torch_setuptools(at: Placed) -> Iterator[Breach]:
    """setuptools still has the pkg_resources that torch's extension builder imports."""
    below = know.torch(at.stack.torch).setuptools_below
    if below is None:
        return
    wanted = f"setuptools below {below} beside torch {at.stack.torch}"
    if at.stack.setuptools is None:
        yield Breach(wanted, "no pin", f"pin setuptools below {below} in env.wheels", level="warning")
    elif key(at.stack.setuptools) >= key(below):
        yield Breach(wanted, f"setuptools {at.stack.setuptools}", f"pin setuptools below {below}")


@node_rule("toolkit-torch", "toolkit", "build", source="torch/utils/cpp_extension.py")
def toolkit_torch(at: Placed) -> Iterator[Breach]:
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
def triton_capability(at: Placed) -> Iterator[Breach]:
    """torch.compile's triton asks for capability 8.0."""
    triton = know.torch(at.stack.torch).triton
    gpu = know.gpu(at.node.gpu)
    if triton is not None and gpu.sm < (8, 0):
        yield Breach(
            f"capability 8.0 for triton {triton}",
            f"{gpu.name} has {gpu.capability}",
            "train without torch.compile on this node",
        )
