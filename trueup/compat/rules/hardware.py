"""GPU, driver, kernel module, CUDA toolkit."""

from collections.abc import Iterator
from datetime import date

from trueup.compat.rules.rule import Breach, node_rule
from trueup.compat.stack import StackOnNode
from trueup.compat.tables import lookup, schema
from trueup.compat.versions import minor, version_key

MATRIX = "NVIDIA, CUDA toolkit, driver and architecture matrix"
MODULES = "NVIDIA driver installation guide, kernel modules"
NOTES = "NVIDIA CUDA 13.2 Update 2 release notes"


def cuda_fits(capability: str, cuda: str) -> bool:
    """Whether that CUDA release compiles for GPUs of that capability."""
    arch = lookup.architecture(capability)
    return version_key(cuda) >= version_key(arch.first_cuda) and (
        arch.last_cuda is None or version_key(cuda) <= version_key(arch.last_cuda)
    )


def _cuda_breach(at: StackOnNode, cuda: str, whose: str) -> Iterator[Breach]:
    gpu = lookup.gpu(at.node.gpu)
    if cuda_fits(gpu.capability, cuda):
        return
    arch = lookup.architecture(gpu.capability)
    last = arch.last_cuda or "the newest"
    yield Breach(
        f"a CUDA between {arch.first_cuda} and {last} for {gpu.name} ({arch.architecture})",
        f"{whose} CUDA {cuda}",
        f"take a CUDA from {arch.first_cuda} to {last}",
    )


@node_rule("gpu-toolkit", "toolkit", source=f"{MATRIX}")
def gpu_toolkit(at: StackOnNode) -> Iterator[Breach]:
    """nvcc of the toolkit compiles for the node's GPUs."""
    lookup.toolkit(at.stack.toolkit)
    yield from _cuda_breach(at, at.stack.toolkit, "the toolkit is")


@node_rule("gpu-runtime", "build", source=f"{MATRIX}")
def gpu_runtime(at: StackOnNode) -> Iterator[Breach]:
    """The CUDA that torch was built with knows the node's GPUs."""
    yield from _cuda_breach(at, at.stack.build, "torch is built for")


def first_branch(capability: str) -> str:
    """The branch that came with the first CUDA for that capability."""
    first = lookup.architecture(capability).first_cuda
    known = [row for row in lookup.every("toolkits", schema.Toolkit) if version_key(row.toolkit) >= version_key(first)]
    return min(known, key=lambda row: version_key(row.toolkit)).bundled_driver.split(".", 1)[0]


@node_rule("gpu-branch", "branch", source=f"{MATRIX}")
def gpu_branch(at: StackOnNode) -> Iterator[Breach]:
    """The driver branch drives the node's GPUs."""
    gpu = lookup.gpu(at.node.gpu)
    arch = lookup.architecture(gpu.capability)
    first, last = first_branch(gpu.capability), arch.last_branch
    if int(first) <= int(at.stack.branch) and (last is None or int(at.stack.branch) <= int(last)):
        return
    until = f"to R{last}" if last else "on"
    yield Breach(
        f"a driver branch from R{first} {until} for {gpu.name} ({arch.architecture})",
        f"R{at.stack.branch}",
        f"take R{last or '580'}",
    )


@node_rule("gpu-modules", "modules", source=f"{MODULES}")
def gpu_modules(at: StackOnNode) -> Iterator[Breach]:
    """The flavour of the kernel modules drives the node's GPUs: open needs Turing or later."""
    gpu = lookup.gpu(at.node.gpu)
    arch = lookup.architecture(gpu.capability)
    served = arch.open if at.stack.modules == "open" else arch.proprietary
    if served:
        return
    other = "proprietary" if at.stack.modules == "open" else "open"
    status = None if at.stack.modules == "open" else arch.proprietary_status
    yield Breach(
        f"{other} kernel modules for {gpu.name} ({arch.architecture})",
        f"{at.stack.modules} modules",
        f'set driver.modules to "{other}"',
        status=status,
    )


def _driver_breach(at: StackOnNode, cuda: str, whose: str) -> Iterator[Breach]:
    minimum = lookup.toolkit(cuda).minimum_driver
    if minimum is None or int(at.stack.branch) >= version_key(minimum)[0]:
        return
    enough = [
        row.branch for row in lookup.every("branches", schema.Branch) if int(row.branch) >= version_key(minimum)[0]
    ]
    yield Breach(
        f"driver {minimum} or newer for {whose} {cuda} (minor-version compatibility)",
        f"R{at.stack.branch}",
        f"take one of R{', R'.join(enough)}, or an older CUDA",
    )


@node_rule("driver-toolkit", "branch", "toolkit", source=f"{NOTES}, table 2")
def driver_toolkit(at: StackOnNode) -> Iterator[Breach]:
    """The driver is new enough for what the toolkit compiles."""
    yield from _driver_breach(at, at.stack.toolkit, "toolkit")


@node_rule("driver-runtime", "branch", "build", source=f"{NOTES}, table 2")
def driver_runtime(at: StackOnNode) -> Iterator[Breach]:
    """The driver is new enough for the CUDA that torch brings."""
    yield from _driver_breach(at, at.stack.build, "torch's CUDA")


@node_rule(
    "driver-ptx", "branch", "toolkit", source="NVIDIA CUDA compatibility guide", status="memory", level="warning"
)
def driver_ptx(at: StackOnNode) -> Iterator[Breach]:
    """PTX that is compiled on the node needs a driver as new as the toolkit that produced it."""
    bundled = lookup.toolkit(at.stack.toolkit).bundled_driver
    if int(at.stack.branch) < version_key(bundled)[0]:
        yield Breach(
            f"R{version_key(bundled)[0]} or newer for PTX of CUDA {at.stack.toolkit}",
            f"R{at.stack.branch}",
            "build ops for the node's own capability, never as PTX only",
        )


@node_rule("branch-eol", "branch", source="NVIDIA, supported drivers", level="warning")
def branch_eol(at: StackOnNode) -> Iterator[Breach]:
    """The driver branch still gets mended."""
    row = lookup.branch(at.stack.branch)
    if date.fromisoformat(row.eol) < at.today:
        alive = [r.branch for r in lookup.every("branches", schema.Branch) if date.fromisoformat(r.eol) >= at.today]
        yield Breach(
            "a driver branch that still gets mended",
            f"R{row.branch}, past its end of life since {row.eol}",
            f"take one of R{', R'.join(alive)}",
        )


@node_rule(
    "toolkit-glibc",
    "toolkit",
    source="own run: CUDA 12.4 on Debian 13; crt/math_functions.h of 12.6, 12.8, 12.9, 13.0",
    status="measured",
    level="warning",
)
def toolkit_glibc(at: StackOnNode) -> Iterator[Breach]:
    """The toolkit's headers go with the node's glibc: 2.41 declares sinpi and cospi as well, and otherwise."""
    if version_key(at.stack.toolkit) >= version_key("13.0"):
        return
    glibc = at.node.glibc or lookup.distro(at.node.need("distro")).glibc
    if version_key(glibc) >= version_key("2.41"):
        yield Breach(
            "a glibc below 2.41 for the headers of CUDA before 13.0",
            f"glibc {glibc}: nvcc compiles nothing there as NVIDIA ships it",
            "add noexcept(true) to sinpi, sinpif, cospi and cospif in crt/math_functions.h and .hpp, or take CUDA 13.0",
        )


@node_rule("nvcc-defect", "toolkit", source=f"{NOTES}", level="warning")
def nvcc_defect(at: StackOnNode) -> Iterator[Breach]:
    """nvcc of the toolkit is not one that is known to miscompile."""
    for row in lookup.every("defects", schema.Defect):
        if version_key(row.first) <= version_key(minor(at.stack.toolkit)) <= version_key(row.last):
            yield Breach(
                f"a toolkit outside {row.first} to {row.last}: {row.what}",
                f"CUDA {at.stack.toolkit}",
                f"take {row.fixed}, or one older than {row.first}",
                status=row.status,
            )
