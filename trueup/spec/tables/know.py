"""Looking facts up: a row, or NoRow, which names the missing row; never a guess."""

from collections.abc import Iterable
from functools import cache

from trueup.spec.gpus import GpuModel, catalogue
from trueup.spec.tables import rows
from trueup.spec.tables.table import AnyRow, Row, table
from trueup.spec.versions import key, minor


class NoRow(Exception):
    """The tables do not know it: the combination cannot be judged until somebody adds the row."""

    def __init__(self, name: str, what: str, known: Iterable[str]) -> None:
        self.name = name
        self.what = what
        self.known = tuple(known)
        super().__init__(name, what)

    def __str__(self) -> str:
        return f"no row for {self.what} in trueup/spec/tables/{self.name}.json (it has {', '.join(self.known)})"


TABLES: dict[str, type[Row]] = {
    "torch": rows.Torch,
    "builds": rows.Build,
    "toolkits": rows.Toolkit,
    "gcc": rows.Gcc,
    "architectures": rows.Architecture,
    "branches": rows.Branch,
    "distros": rows.DistroRow,
    "deepspeed": rows.DeepSpeedRow,
    "nccl": rows.Hang,
    "ops": rows.Op,
    "conda": rows.Installer,
    "numpy": rows.Numpy,
    "defects": rows.Defect,
    "gpus": GpuModel,
}


def every(name: str, row: type[AnyRow]) -> tuple[AnyRow, ...]:
    """All rows of a table, in the order of its file."""
    return table(name, row).rows


@cache
def torch(version: str) -> rows.Torch:
    """The release of exactly that version."""
    for row in every("torch", rows.Torch):
        if key(row.torch) == key(version):
            return row
    raise NoRow("torch", f"torch {version}", [row.torch for row in every("torch", rows.Torch)])


@cache
def builds(version: str) -> tuple[rows.Build, ...]:
    """The CUDA builds of that torch release."""
    return tuple(row for row in every("builds", rows.Build) if row.torch == minor(torch(version).torch))


@cache
def build(version: str, cuda: str) -> rows.Build:
    """One CUDA build of that torch release."""
    for row in builds(version):
        if row.build == cuda:
            return row
    raise NoRow("builds", f"torch {version} built for CUDA {cuda}", [row.build for row in builds(version)])


@cache
def toolkit(version: str) -> rows.Toolkit:
    """The newest release of that CUDA minor."""
    found = [row for row in every("toolkits", rows.Toolkit) if minor(row.toolkit) == minor(version)]
    if not found:
        known = dict.fromkeys(minor(row.toolkit) for row in every("toolkits", rows.Toolkit))
        raise NoRow("toolkits", f"CUDA {version}", known)
    return max(found, key=lambda row: key(row.toolkit))


@cache
def gcc(version: str) -> rows.Gcc:
    """The bounds of the host compiler for that CUDA minor."""
    found = every("gcc", rows.Gcc)
    for row in found:
        if row.toolkit == version:
            return row
    raise NoRow("gcc", f"the host compiler of CUDA {version}", [row.toolkit for row in found])


@cache
def gpu(model: str) -> GpuModel:
    """The GPU model of that name."""
    if model not in catalogue():
        raise NoRow("gpus", f'GPU model "{model}"', sorted(catalogue()))
    return catalogue()[model]


@cache
def architecture(capability: str) -> rows.Architecture:
    """The architecture of that compute capability."""
    found = every("architectures", rows.Architecture)
    for row in found:
        if row.capability == capability:
            return row
    raise NoRow("architectures", f"compute capability {capability}", [row.capability for row in found])


@cache
def branch(name: str) -> rows.Branch:
    """The driver branch of that number."""
    found = every("branches", rows.Branch)
    for row in found:
        if row.branch == name:
            return row
    raise NoRow("branches", f"driver branch R{name}", [f"R{row.branch}" for row in found])


@cache
def distro(name: str) -> rows.DistroRow:
    """The distribution of that name, e.g. "rocky-9"."""
    found = every("distros", rows.DistroRow)
    for row in found:
        if row.distro == name:
            return row
    raise NoRow("distros", f'distribution "{name}"', [row.distro for row in found])


def distro_name(os_id: str, version: str) -> str:
    """The name in the table of distributions: "rocky-9" for 9.4, "ubuntu-22.04"; unknown ones as they are."""
    known = {row.distro for row in every("distros", rows.DistroRow)}
    whole = f"{os_id}-{version}"
    return next((name for name in (whole, f"{os_id}-{version.split('.', 1)[0]}") if name in known), whole)


@cache
def deepspeed(version: str) -> rows.DeepSpeedRow:
    """What holds for that DeepSpeed release; one newer than the newest seen is not known."""
    found = every("deepspeed", rows.DeepSpeedRow)
    newest = max(key(row.newest) for row in found)
    fits = [row for row in found if key(row.first) <= key(version)]
    if not fits or key(version) > newest:
        raise NoRow("deepspeed", f"DeepSpeed {version}", [f"{row.first} to {row.newest}" for row in found])
    return max(fits, key=lambda row: key(row.first))


@cache
def op(name: str) -> rows.Op:
    """The DeepSpeed op of that name."""
    found = every("ops", rows.Op)
    for row in found:
        if row.op == name:
            return row
    raise NoRow("ops", f'DeepSpeed op "{name}"', [row.op for row in found])


@cache
def installer(file_name: str) -> rows.Installer:
    """The family of the conda installer."""
    found = every("conda", rows.Installer)
    for row in found:
        if file_name.startswith(row.installer):
            return row
    raise NoRow("conda", f'installer "{file_name}"', [f"{row.installer}*" for row in found])


@cache
def numpy(version: str) -> rows.Numpy:
    """The NumPy minor of that version."""
    found = every("numpy", rows.Numpy)
    for row in found:
        if row.numpy == minor(version):
            return row
    raise NoRow("numpy", f"NumPy {version}", [row.numpy for row in found])
