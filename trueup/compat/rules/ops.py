"""The DeepSpeed ops that are built beforehand, and what they need of GPU, torch and packages."""

from collections.abc import Iterator

from trueup.compat.rules.rule import Breach, node_rule
from trueup.compat.stack import StackOnNode
from trueup.compat.tables import lookup
from trueup.compat.versions import major, version_key

BUILDER = "DeepSpeed op_builder/builder.py"


@node_rule("op-known", "ops", source="DeepSpeed op_builder", level="cannot judge")
def op_known(at: StackOnNode) -> Iterator[Breach]:
    """Every op to be built is one that DeepSpeed has."""
    for name in at.stack.ops:
        lookup.op(name)
    return iter(())


@node_rule("op-capability", "ops", source=f"{BUILDER}")
def op_capability(at: StackOnNode) -> Iterator[Breach]:
    """Every op to be built runs on the node's GPUs."""
    gpu = lookup.gpu(at.node.gpu)
    for name in at.stack.ops:
        op = lookup.op(name)
        if op.capability is not None and gpu.sm < version_key(f"{op.capability}.1")[:2]:
            yield Breach(
                f"capability {op.capability} for the op {name}",
                f"{gpu.name} has {gpu.capability}",
                f"leave {name} out of deepspeed.build_ops for this node",
                status=op.status,
            )


@node_rule("op-torch", "ops", "torch", source=f"{BUILDER}")
def op_torch(at: StackOnNode) -> Iterator[Breach]:
    """Every op to be built still builds with the torch release."""
    for name in at.stack.ops:
        below = lookup.op(name).torch_below
        if below is not None and version_key(at.stack.torch) >= version_key(below):
            yield Breach(
                f"torch below {below} for the op {name}",
                f"torch {at.stack.torch}",
                f"leave {name} out of deepspeed.build_ops",
            )


@node_rule("op-package", "ops", "packages", source="DeepSpeed op_builder/async_io.py")
def op_package(at: StackOnNode) -> Iterator[Breach]:
    """The development files that an op's build needs are among the packages."""
    for name in at.stack.ops:
        package = lookup.op(name).package
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
def libaio_symbol(at: StackOnNode) -> Iterator[Breach]:
    """The distribution's libaio has the symbol that async_io is linked against."""
    wished = "async_io" in at.stack.ops or "libaio-devel" in at.stack.packages
    symbol = lookup.deepspeed(at.stack.deepspeed).libaio_symbol
    old = lookup.distro(at.node.need("distro")).old_libaio if wished and symbol == "io_pgetevents" else None
    if old is not None:
        yield Breach(
            f"libaio 0.3.111 for {symbol}, which DeepSpeed {at.stack.deepspeed} links in async_io",
            f"libaio {old} of {at.node.distro}: async_io stays [NO]",
            "take DeepSpeed 0.10 or 0.15.0 and newer, if async_io is wanted",
        )


@node_rule("bf16", source=f"{BUILDER}, runtime/engine.py", level="warning")
def bf16(at: StackOnNode) -> Iterator[Breach]:
    """The node's GPUs compute in bf16 by themselves."""
    gpu = lookup.gpu(at.node.gpu)
    if not gpu.bf16:
        yield Breach(
            "capability 8.0 for bf16",
            f"{gpu.name} has {gpu.capability}; torch's is_bf16_supported() counts emulation",
            "train in fp16, and test for capability >= 8.0",
        )


@node_rule("fat-build", source=f"{BUILDER} (enable_bf16)")
def fat_build(at: StackOnNode) -> Iterator[Breach]:
    """No lower architecture is built along on a node that has bf16: one below 8.0 turns it off in all."""
    if at.node.arch_list is None or not lookup.gpu(at.node.gpu).bf16:
        return
    entries = at.node.arch_list.replace("+PTX", "").replace(";", " ").split()
    low = [entry for entry in entries if entry[:1].isdigit() and major(entry) < 8]
    if low:
        yield Breach(
            "TORCH_CUDA_ARCH_LIST without an entry below 8.0",
            f'"{at.node.arch_list}": bf16 is off in every op built here',
            "unset TORCH_CUDA_ARCH_LIST on this node; ops are built for its own GPUs",
        )
