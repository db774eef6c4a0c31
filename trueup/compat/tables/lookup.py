"""Look up a row, or raise MissingRow, which names it; never guess."""

from collections.abc import Callable, Iterable
from functools import cache

from trueup.compat.gpu_catalogue import GpuModel, gpu_models
from trueup.compat.tables import schema
from trueup.compat.tables.loader import AnyRow, Row, table
from trueup.compat.versions import minor, version_key


class MissingRow(Exception):
    """Report a missing row, without which the combination cannot be judged."""

    def __init__(self, name: str, what: str, known: Iterable[str]) -> None:
        self.name = name
        self.what = what
        self.known = tuple(known)
        super().__init__(name, what)

    def __str__(self) -> str:
        return f"no row for {self.what} in trueup/compat/tables/{self.name}.json (it has {', '.join(self.known)})"


TABLES: dict[str, type[Row]] = {
    "torch": schema.TorchRow,
    "builds": schema.Build,
    "toolkits": schema.Toolkit,
    "gcc": schema.Gcc,
    "architectures": schema.Architecture,
    "branches": schema.Branch,
    "distros": schema.DistroRow,
    "deepspeed": schema.DeepSpeedRow,
    "nccl": schema.Hang,
    "ops": schema.OpRow,
    "conda": schema.Installer,
    "numpy": schema.Numpy,
    "defects": schema.Defect,
    "gpus": GpuModel,
}


def every(name: str, row: type[AnyRow]) -> tuple[AnyRow, ...]:
    """All rows of a table, in the order of its file."""
    return table(name, row).rows


@cache
def torch(version: str) -> schema.TorchRow:
    """The release of exactly that version."""
    for row in every("torch", schema.TorchRow):
        if version_key(row.torch) == version_key(version):
            return row
    raise MissingRow("torch", f"torch {version}", [row.torch for row in every("torch", schema.TorchRow)])


@cache
def builds(version: str) -> tuple[schema.Build, ...]:
    """The CUDA builds of that torch release."""
    return tuple(row for row in every("builds", schema.Build) if row.torch == minor(torch(version).torch))


@cache
def build(version: str, cuda: str) -> schema.Build:
    """One CUDA build of that torch release."""
    for row in builds(version):
        if row.build == cuda:
            return row
    raise MissingRow("builds", f"torch {version} built for CUDA {cuda}", [row.build for row in builds(version)])


@cache
def toolkit(version: str) -> schema.Toolkit:
    """The newest release of that CUDA minor."""
    found = [row for row in every("toolkits", schema.Toolkit) if minor(row.toolkit) == minor(version)]
    if not found:
        known = dict.fromkeys(minor(row.toolkit) for row in every("toolkits", schema.Toolkit))
        raise MissingRow("toolkits", f"CUDA {version}", known)
    return max(found, key=lambda row: version_key(row.toolkit))


@cache
def gcc(version: str) -> schema.Gcc:
    """The bounds of the host compiler for that CUDA minor."""
    return _row(
        "gcc",
        schema.Gcc,
        lambda row: row.toolkit == version,
        f"the host compiler of CUDA {version}",
        lambda row: row.toolkit,
    )


@cache
def gpu(model: str) -> GpuModel:
    """The GPU model of that name."""
    if model not in gpu_models():
        raise MissingRow("gpus", f'GPU model "{model}"', sorted(gpu_models()))
    return gpu_models()[model]


def _row(
    name: str, kind: type[AnyRow], fits: Callable[[AnyRow], bool], what: str, known: Callable[[AnyRow], str]
) -> AnyRow:
    """Return the first fitting row; raise MissingRow with the known alternatives."""
    found = every(name, kind)
    for row in found:
        if fits(row):
            return row
    raise MissingRow(name, what, [known(row) for row in found])


@cache
def architecture(capability: str) -> schema.Architecture:
    """The architecture of that compute capability."""
    return _row(
        "architectures",
        schema.Architecture,
        lambda row: row.capability == capability,
        f"compute capability {capability}",
        lambda row: row.capability,
    )


@cache
def branch(name: str) -> schema.Branch:
    """The driver branch of that number."""
    return _row(
        "branches",
        schema.Branch,
        lambda row: row.branch == name,
        f"driver branch R{name}",
        lambda row: f"R{row.branch}",
    )


@cache
def distro(name: str) -> schema.DistroRow:
    """The distribution of that name, e.g. "rocky-9"."""
    return _row(
        "distros", schema.DistroRow, lambda row: row.distro == name, f'distribution "{name}"', lambda row: row.distro
    )


def distro_name(os_id: str, version: str) -> str:
    """The name in the table of distributions: "rocky-9" for 9.4, "ubuntu-22.04"; unknown ones as they are."""
    known = {row.distro for row in every("distros", schema.DistroRow)}
    whole = f"{os_id}-{version}"
    return next((name for name in (whole, f"{os_id}-{version.split('.', 1)[0]}") if name in known), whole)


@cache
def deepspeed(version: str) -> schema.DeepSpeedRow:
    """What holds for that DeepSpeed release; one newer than the newest seen is not known."""
    found = every("deepspeed", schema.DeepSpeedRow)
    newest = max(version_key(row.newest) for row in found)
    fits = [row for row in found if version_key(row.first) <= version_key(version)]
    if not fits or version_key(version) > newest:
        raise MissingRow("deepspeed", f"DeepSpeed {version}", [f"{row.first} to {row.newest}" for row in found])
    return max(fits, key=lambda row: version_key(row.first))


@cache
def op(name: str) -> schema.OpRow:
    """The DeepSpeed op of that name."""
    return _row("ops", schema.OpRow, lambda row: row.op == name, f'DeepSpeed op "{name}"', lambda row: row.op)


@cache
def installer(file_name: str) -> schema.Installer:
    """The family of the conda installer."""
    return _row(
        "conda",
        schema.Installer,
        lambda row: file_name.startswith(row.installer),
        f'installer "{file_name}"',
        lambda row: f"{row.installer}*",
    )


@cache
def numpy(version: str) -> schema.Numpy:
    """The NumPy minor of that version."""
    return _row(
        "numpy", schema.Numpy, lambda row: row.numpy == minor(version), f"NumPy {version}", lambda row: row.numpy
    )
