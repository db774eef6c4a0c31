"""What stands beside torch in the environment: torchvision, torchaudio, NumPy, setuptools."""

from collections.abc import Iterator

from trueup.compat.rules.rule import Breach, node_rule
from trueup.compat.stack import StackOnNode
from trueup.compat.tables import lookup
from trueup.compat.versions import version_key

META = "metadata of the published wheels"


def _pair(at: StackOnNode, name: str, found: str | None, fits: tuple[str, ...]) -> Iterator[Breach]:
    if found is not None and version_key(found) not in {version_key(version) for version in fits}:
        yield Breach(
            f"{name} {' or '.join(fits)} beside torch {at.stack.torch}",
            f"{name} {found}",
            f"pin {name} to {fits[-1]}",
        )


@node_rule("torch-torchvision", "torch", "torchvision", source=f"{META}")
def torch_torchvision(at: StackOnNode) -> Iterator[Breach]:
    """torchvision is the one made for the torch release."""
    yield from _pair(at, "torchvision", at.stack.torchvision, lookup.torch(at.stack.torch).torchvision)


@node_rule("torch-torchaudio", "torch", "torchaudio", source=f"{META}")
def torch_torchaudio(at: StackOnNode) -> Iterator[Breach]:
    """torchaudio is the one made for the torch release."""
    yield from _pair(at, "torchaudio", at.stack.torchaudio, lookup.torch(at.stack.torch).torchaudio)


@node_rule("torch-numpy", "torch", "numpy", source="torch 2.3 release notes")
def torch_numpy(at: StackOnNode) -> Iterator[Breach]:
    """NumPy is one that the torch release was built against."""
    below = lookup.torch(at.stack.torch).numpy_below
    if below is None:
        return
    if at.stack.numpy is None:
        yield Breach(
            f"a pinned NumPy below {below} beside torch {at.stack.torch}",
            "no pin: the resolver takes NumPy 2",
            'pin numpy in env.wheels, e.g. "1.26.4"',
            level="warning",
        )
    elif version_key(at.stack.numpy) >= version_key(below):
        yield Breach(
            f"NumPy below {below} beside torch {at.stack.torch}",
            f"NumPy {at.stack.numpy}",
            'pin numpy to "1.26.4"',
        )


@node_rule("numpy-python", "numpy", "python", source="wheel tags of NumPy")
def numpy_python(at: StackOnNode) -> Iterator[Breach]:
    """NumPy has wheels for that Python and for the node's glibc."""
    if at.stack.numpy is None:
        return
    row = lookup.numpy(at.stack.numpy)
    if not version_key(row.python_min) <= version_key(at.stack.python) <= version_key(row.python_max):
        yield Breach(
            f"Python {row.python_min} to {row.python_max} for NumPy {at.stack.numpy}",
            f"Python {at.stack.python}",
            "pin another NumPy, or take another Python",
            status=row.status,
        )
    glibc = at.node.glibc or lookup.distro(at.node.need("distro")).glibc
    if version_key(glibc) < version_key(row.glibc):
        yield Breach(
            f"glibc {row.glibc} for NumPy {at.stack.numpy}",
            f"glibc {glibc}",
            'pin numpy to "2.2.6" or older',
            status=row.status,
        )


@node_rule("torch-setuptools", "torch", "setuptools", source="DeepSpeed #5649, gsplat PR #899")
def torch_setuptools(at: StackOnNode) -> Iterator[Breach]:
    """setuptools still has the pkg_resources that torch's extension builder imports."""
    below = lookup.torch(at.stack.torch).setuptools_below
    if below is None:
        return
    wanted = f"setuptools below {below} beside torch {at.stack.torch}"
    if at.stack.setuptools is None:
        yield Breach(wanted, "no pin", f"pin setuptools below {below} in env.wheels", level="warning")
    elif version_key(at.stack.setuptools) >= version_key(below):
        yield Breach(wanted, f"setuptools {at.stack.setuptools}", f"pin setuptools below {below}")
