"""DeepSpeed, and the ops that are built for it."""

from collections.abc import Iterator

from trueup.spec.rules.rule import Breach, node_rule
from trueup.spec.stack import Placed
from trueup.spec.tables import know, rows
from trueup.spec.versions import key, major

BUILDER = "DeepSpeed op_builder/builder.py"


@node_rule("deepspeed-torch", "deepspeed", "torch", source="DeepSpeed #5603")
def deepspeed_torch(at: Placed) -> Iterator[Breach]:
    """DeepSpeed imports under the torch release."""
    row = know.deepspeed(at.stack.deepspeed)
    torch = at.stack.torch
    if row.torch_below is not None and key(torch) >= key(row.torch_below):
        yield Breach(
            f"torch below {row.torch_below} for DeepSpeed {at.stack.deepspeed}",
            f"torch {torch}, which lacks what it imports",
            "take DeepSpeed 0.14.4 or newer",
        )
    if row.torch_from is not None and key(torch) < key(row.torch_from):
        yield Breach(
            f"torch {row.torch_from} or newer for DeepSpeed {at.stack.deepspeed}",
            f"torch {torch}",
            "take DeepSpeed 0.19.0 or older",
        )


@node_rule("deepspeed-numpy", "deepspeed", "numpy", source="run of DeepSpeed 0.14.0")
def deepspeed_numpy(at: Placed) -> Iterator[Breach]:
    """DeepSpeed imports with that NumPy."""
    below = know.deepspeed(at.stack.deepspeed).numpy_below
    if below is not None and at.stack.numpy is not None and key(at.stack.numpy) >= key(below):
        yield Breach(
            f"NumPy below {below} for DeepSpeed {at.stack.deepspeed} (numpy.BUFSIZE)",
            f"NumPy {at.stack.numpy}",
            "take DeepSpeed 0.14.4 or newer, or NumPy 1.26.4",
        )


@node_rule("deepspeed-python", "deepspeed", "python", source="DeepSpeed classifiers", level="warning")
def deepspeed_python(at: Placed) -> Iterator[Breach]:
    """DeepSpeed's classifiers name that Python; pip does not hold it to them."""
    row = know.deepspeed(at.stack.deepspeed)
    if key(at.stack.python) > key(row.python_max):
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
    listed = know.deepspeed(deepspeed).minors_12
    return nvcc in listed and cuda in listed


@node_rule("deepspeed-nvcc", "deepspeed", "toolkit", "build", source=f"{BUILDER}")
def deepspeed_nvcc(at: Placed) -> Iterator[Breach]:
    """nvcc agrees with torch.version.cuda by DeepSpeed's own table of tolerances."""
    version, nvcc, cuda = at.stack.deepspeed, at.stack.toolkit, at.stack.build
    know.deepspeed(version)
    if nvcc_passes(version, nvcc, cuda):
        return
    fits = dict.fromkeys(
        minor
        for row in reversed(know.every("toolkits", rows.Toolkit))
        if nvcc_passes(version, minor := ".".join(row.toolkit.split(".")[:2]), cuda)
    )
    yield Breach(
        f"an nvcc that DeepSpeed {version} takes for CUDA {cuda}",
        f"the toolkit is {nvcc}",
        f"take one of CUDA {', '.join(fits)}",
    )


@node_rule("gcc-nvcc", "toolkit", "ops", source="torch/utils/cpp_extension.py")
def gcc_nvcc(at: Placed) -> Iterator[Breach]:
    """The host compiler is one that nvcc and torch's extension builder take."""
    if not at.stack.ops:
        return
    bounds = know.gcc(at.stack.toolkit)
    default = None if at.node.gcc else know.distro(at.node.need("distro"))
    gcc = at.node.gcc or (default.gcc if default else "")
    if key(bounds.gcc_min) <= key(gcc) < key(bounds.gcc_below):
        return
    old = key(gcc) < key(bounds.gcc_min)
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


@node_rule("op-known", "ops", source="DeepSpeed op_builder", level="cannot judge")
def op_known(at: Placed) -> Iterator[Breach]:
    """Every op to be built is one that DeepSpeed has."""
    for name in at.stack.ops:
        know.op(name)
    return iter(())


@node_rule("op-capability", "ops", source=f"{BUILDER}")
def op_capability(at: Placed) -> Iterator[Breach]:
    """Every op to be built runs on the node's GPUs."""
    gpu = know.gpu(at.node.gpu)
    for name in at.stack.ops:
        op = know.op(name)
        if op.capability is not None and gpu.sm < key(f"{op.capability}.1")[:2]:
            yield Breach(
                f"capability {op.capability} for the op {name}",
                f"{gpu.name} has {gpu.capability}",
                f"leave {name} out of deepspeed.build_ops for this node",
                status=op.status,
            )


@node_rule("op-torch", "ops", "torch", source=f"{BUILDER}")
def op_torch(at: Placed) -> Iterator[Breach]:
    """Every op to be built still builds with the torch release."""
    for name in at.stack.ops:
        below = know.op(name).torch_below
        if below is not None and key(at.stack.torch) >= key(below):
            yield Breach(
                f"torch below {below} for the op {name}",
                f"torch {at.stack.torch}",
                f"leave {name} out of deepspeed.build_ops",
            )


@node_rule("op-package", "ops", "packages", source="DeepSpeed op_builder/async_io.py")
def op_package(at: Placed) -> Iterator[Breach]:
    """The development files that an op's build needs are among the packages."""
    for name in at.stack.ops:
        package = know.op(name).package
        if package is not None and package not in at.stack.packages:
            yield Breach(
                f"the package {package} for the op {name}",
                "it is not in host.packages",
                f'add "{package}" to host.packages',
            )


@node_rule(
    "libaio-symbol",
    "deepspeed",
    "ops",
    "packages",
    source="DeepSpeed op_builder/async_io.py",
    status="memory",
    level="warning",
)
def libaio_symbol(at: Placed) -> Iterator[Breach]:
    """The distribution's libaio has the symbol that async_io is linked against."""
    wished = "async_io" in at.stack.ops or "libaio-devel" in at.stack.packages
    symbol = know.deepspeed(at.stack.deepspeed).libaio_symbol
    if wished and symbol == "io_pgetevents" and at.node.need("distro") in ("centos-7", "rhel-7"):
        yield Breach(
            f"libaio 0.3.111 for {symbol}, which DeepSpeed {at.stack.deepspeed} links in async_io",
            f"libaio 0.3.109 of {at.node.distro}: async_io stays [NO]",
            "take DeepSpeed 0.10 or 0.15.0 and newer, if async_io is wanted",
        )


@node_rule("bf16", source=f"{BUILDER}, runtime/engine.py", level="warning")
def bf16(at: Placed) -> Iterator[Breach]:
    """The node's GPUs compute in bf16 by themselves."""
    gpu = know.gpu(at.node.gpu)
    if not gpu.bf16:
        yield Breach(
            "capability 8.0 for bf16",
            f"{gpu.name} has {gpu.capability}; torch's is_bf16_supported() counts emulation",
            "train in fp16, and test for capability >= 8.0",
        )


@node_rule("fat-build", source=f"{BUILDER} (enable_bf16)")
def fat_build(at: Placed) -> Iterator[Breach]:
    """No lower architecture is built along on a node that has bf16: one below 8.0 turns it off in all."""
    if at.node.arch_list is None or not know.gpu(at.node.gpu).bf16:
        return
    entries = at.node.arch_list.replace("+PTX", "").replace(";", " ").split()
    low = [entry for entry in entries if entry[:1].isdigit() and major(entry) < 8]
    if low:
        yield Breach(
            "TORCH_CUDA_ARCH_LIST without an entry below 8.0",
            f'"{at.node.arch_list}": bf16 is off in every op built here',
            "unset TORCH_CUDA_ARCH_LIST on this node; ops are built for its own GPUs",
        )
