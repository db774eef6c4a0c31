"""The rows of each table; a field that ends in _status says how that one field was established."""

from typing import Literal

from trueup.compat.tables.loader import Date, Row, Status


class TorchRow(Row):
    """One torch release, and what its wheels pair with; *_below: first version that breaks it."""

    torch: str
    python_min: str
    python_max: str
    python_uncertain: tuple[str, ...]
    default_build: str
    torchvision: tuple[str, ...]
    torchaudio: tuple[str, ...]
    triton: str | None
    glibc: str
    numpy_below: str | None
    setuptools_below: str | None


class Build(Row):
    """One CUDA build of a torch minor: the GPUs in its arch list, its NCCL; ptx: the last entry as PTX too."""

    torch: str
    build: str
    capabilities: tuple[str, ...]
    ptx: bool
    nccl: str
    nccl_source: str
    nccl_status: Status
    glibc: str | None


class Toolkit(Row):
    """One CUDA release; minimum_driver: under minor-version compatibility."""

    toolkit: str
    bundled_driver: str
    minimum_driver: str | None


class Gcc(Row):
    """The host compilers of one CUDA minor: gcc_min <= gcc < gcc_below."""

    toolkit: str
    gcc_min: str
    gcc_below: str


class Architecture(Row):
    """One compute capability: the CUDA releases that compile for it, the driver branches that drive it."""

    capability: str
    architecture: str
    first_cuda: str
    last_cuda: str | None
    last_branch: str | None
    open: bool
    proprietary: bool
    proprietary_source: str
    proprietary_status: Status


class Branch(Row):
    """One driver branch and the day its support ends."""

    branch: str
    kind: str
    eol: Date


class DistroRow(Row):
    """One distribution; gcc is its default; last_*: where NVIDIA's repository for it stops (from memory).

    eol_remedy: how to go on with it all the same; old_libaio: its libaio where that lacks io_pgetevents (from memory).
    """

    distro: str
    glibc: str
    eol: Date
    eol_source: str
    eol_status: Status
    eol_remedy: str | None = None
    old_libaio: str | None = None
    gcc: str
    gcc_source: str
    gcc_status: Status
    last_toolkit: str | None
    last_branch: str | None
    repository_source: str | None


class DeepSpeedRow(Row):
    """DeepSpeed from first on, up to the next row; newest: the last release that this row speaks of."""

    first: str
    newest: str
    minors_12: tuple[str, ...]
    torch_below: str | None
    torch_from: str | None
    numpy_below: str | None
    python_max: str
    libaio_symbol: Literal["io_submit", "io_pgetevents"]


class Hang(Row):
    """A hang of NCCL in a fleet of mixed kind, mended in the release named."""

    mixed: Literal["architectures", "cpus"]
    fixed: str
    what: str
    workaround: str | None


class OpRow(Row):
    """One DeepSpeed op; capability: lowest it runs on; package: EL name of what its build needs."""

    op: str
    capability: str | None
    torch_below: str | None
    package: str | None


class Installer(Row):
    """A family of conda installers by the beginning of the file name."""

    installer: str
    terms: bool


class Numpy(Row):
    """One NumPy minor and the Pythons that have wheels."""

    numpy: str
    newest: str
    python_min: str
    python_max: str
    glibc: str


class Defect(Row):
    """A fault of a CUDA toolkit in the minors first to last."""

    what: str
    first: str
    last: str
    fixed: str
