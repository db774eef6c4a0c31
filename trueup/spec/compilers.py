"""Which C++ compiler nvcc takes on a distribution: the distribution's own, or one that is installed beside it."""

from trueup.spec.base import Record
from trueup.spec.distros import Distro
from trueup.spec.tables import know
from trueup.spec.versions import key

# Major versions that can be installed beside the distribution's own. Debian and Ubuntu: packages.debian.org and
# packages.ubuntu.com (main and universe); EL 7: devtoolset of SCL; EL 8 and 9: gcc-toolset of AppStream.
_BESIDE: dict[str, tuple[int, ...]] = {
    "debian-11": (9, 10),
    "debian-12": (11, 12),
    "debian-13": (12, 13, 14),
    "ubuntu-20.04": (7, 8, 9, 10),
    "ubuntu-22.04": (9, 10, 11, 12),
    "ubuntu-24.04": (9, 10, 11, 12, 13, 14),
    "7": (7, 8, 9, 10, 11),
    "8": (9, 10, 11, 12, 13, 14),
    "9": (12, 13, 14),
}


class NoCompiler(Exception):
    """No compiler of the distribution goes with that toolkit."""


class Compiler(Record):
    """A host compiler; package: what to install for it, None where the distribution's own serves."""

    package: str | None
    cc: str
    cxx: str


OWN = Compiler(package=None, cc="gcc", cxx="g++")


def compiler(distro: Distro, toolkit: str) -> Compiler:
    """The host compiler for nvcc of that toolkit: the distribution's own within nvcc's bounds, else the newest.

    Raises NoCompiler, and NoRow where the tables do not know the toolkit or the distribution.
    """
    bounds = know.gcc(toolkit)
    own = know.distro(f"{distro.id}-{distro.version}").gcc
    if key(bounds.gcc_min) <= key(own) < key(bounds.gcc_below):
        return OWN
    name = f"{distro.id}-{distro.version}" if distro.manager == "apt" else distro.version
    fitting = [major for major in _BESIDE[name] if key(bounds.gcc_min) <= key(str(major)) < key(bounds.gcc_below)]
    if not fitting:
        raise NoCompiler(
            f"nvcc {toolkit} takes gcc from {bounds.gcc_min} to below {bounds.gcc_below}; {distro.id} "
            f"{distro.version} has {own} and, beside it, {', '.join(map(str, _BESIDE[name]))}. "
            f"Declare a toolkit that takes one of them in cuda.toolkit."
        )
    return _beside(distro, max(fitting))


def _beside(distro: Distro, major: int) -> Compiler:
    if distro.manager == "apt":
        return Compiler(package=f"g++-{major}", cc=f"/usr/bin/gcc-{major}", cxx=f"/usr/bin/g++-{major}")
    toolset = f"devtoolset-{major}" if distro.version == "7" else f"gcc-toolset-{major}"
    place = f"/opt/rh/{toolset}/root/usr/bin"
    return Compiler(package=f"{toolset}-gcc-c++", cc=f"{place}/gcc", cxx=f"{place}/g++")
