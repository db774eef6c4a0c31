"""DeepSpeed against torch, NumPy, Python, nvcc and the host compiler."""

from collections.abc import Iterator

from trueup.compat.rules.rule import Breach, node_rule
from trueup.compat.stack import StackOnNode
from trueup.compat.tables import lookup, schema
from trueup.compat.versions import major, version_key

BUILDER = "DeepSpeed op_builder/builder.py"


@node_rule("deepspeed-torch", "deepspeed", "torch", source="DeepSpeed #5603")
def deepspeed_torch(at: StackOnNode) -> Iterator[Breach]:
    """DeepSpeed imports under the torch release."""
    row = lookup.deepspeed(at.stack.deepspeed)
    torch = at.stack.torch
    if row.torch_below is not None and version_key(torch) >= version_key(row.torch_below):
        yield Breach(
            f"torch below {row.torch_below} for DeepSpeed {at.stack.deepspeed}",
            f"torch {torch}, which lacks what it imports",
            "take DeepSpeed 0.14.4 or newer",
        )
    if row.torch_from is not None and version_key(torch) < version_key(row.torch_from):
        yield Breach(
            f"torch {row.torch_from} or newer for DeepSpeed {at.stack.deepspeed}",
            f"torch {torch}",
            "take DeepSpeed 0.19.0 or older",
        )


@node_rule("deepspeed-numpy", "deepspeed", "numpy", source="run of DeepSpeed 0.14.0")
def deepspeed_numpy(at: StackOnNode) -> Iterator[Breach]:
    """DeepSpeed imports with that NumPy."""
    below = lookup.deepspeed(at.stack.deepspeed).numpy_below
    if below is not None and at.stack.numpy is not None and version_key(at.stack.numpy) >= version_key(below):
        yield Breach(
            f"NumPy below {below} for DeepSpeed {at.stack.deepspeed} (numpy.BUFSIZE)",
            f"NumPy {at.stack.numpy}",
            "take DeepSpeed 0.14.4 or newer, or NumPy 1.26.4",
        )


@node_rule("deepspeed-python", "deepspeed", "python", source="DeepSpeed classifiers", level="warning")
def deepspeed_python(at: StackOnNode) -> Iterator[Breach]:
    """DeepSpeed's classifiers name that Python; pip does not hold it to them."""
    row = lookup.deepspeed(at.stack.deepspeed)
    if version_key(at.stack.python) > version_key(row.python_max):
        yield Breach(
            f"Python {row.python_max} or older for DeepSpeed {at.stack.deepspeed}",
            f"Python {at.stack.python}",
            f"take Python {row.python_max}, or try the ops on one node first",
        )


def nvcc_passes(deepspeed: str, nvcc: str, cuda: str) -> bool:
    """assert_no_cuda_mismatch of that DeepSpeed release, without DS_SKIP_CUDA_CHECK."""
    if nvcc == cuda:
        return True
    if major(nvcc) != major(cuda):
        return False
    if major(nvcc) == 11:
        return True
    listed = lookup.deepspeed(deepspeed).minors_12
    return nvcc in listed and cuda in listed


@node_rule("deepspeed-nvcc", "deepspeed", "toolkit", "build", source=f"{BUILDER}")
def deepspeed_nvcc(at: StackOnNode) -> Iterator[Breach]:
    """nvcc agrees with torch.version.cuda by DeepSpeed's own table of tolerances."""
    version, nvcc, cuda = at.stack.deepspeed, at.stack.toolkit, at.stack.build
    lookup.deepspeed(version)
    if nvcc_passes(version, nvcc, cuda):
        return
    fits = dict.fromkeys(
        minor
        for row in reversed(lookup.every("toolkits", schema.Toolkit))
        if nvcc_passes(version, minor := ".".join(row.toolkit.split(".")[:2]), cuda)
    )
    yield Breach(
        f"an nvcc that DeepSpeed {version} takes for CUDA {cuda}",
        f"the toolkit is {nvcc}",
        f"take one of CUDA {', '.join(fits)}",
    )


@node_rule("gcc-nvcc", "toolkit", "ops", source="torch/utils/cpp_extension.py")
def gcc_nvcc(at: StackOnNode) -> Iterator[Breach]:
    """The host compiler is one that nvcc and torch's extension builder take."""
    if not at.stack.ops:
        return
    bounds = lookup.gcc(at.stack.toolkit)
    default = None if at.node.gcc else lookup.distro(at.node.need("distro"))
    gcc = at.node.gcc or (default.gcc if default else "")
    if version_key(bounds.gcc_min) <= version_key(gcc) < version_key(bounds.gcc_below):
        return
    old = version_key(gcc) < version_key(bounds.gcc_min)
    yield Breach(
        f"gcc from {bounds.gcc_min} to below {bounds.gcc_below} for CUDA {at.stack.toolkit}",
        f"gcc {gcc}" + (f", the default of {at.node.distro}" if default else ""),
        "install a newer gcc beside it (devtoolset-9 on CentOS 7, from the vault)"
        if old
        else f"install gcc {int(bounds.gcc_below) - 1} beside it, or take a newer toolkit",
        # Which compiler the node will have is not known from its distribution alone.
        level="warning" if default else None,
        status=bounds.status,
    )
