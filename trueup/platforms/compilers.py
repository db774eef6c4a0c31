"""Choose nvcc's host compiler on a distribution: its own or an additional one."""

from trueup.compat import lookup, version_key
from trueup.declaration import Record
from trueup.platforms.model import Distro


class NoCompiler(Exception):
    """No compiler of the distribution goes with that toolkit."""


class Compiler(Record):
    """A host compiler; package: what to install for it, None where the distribution's own serves."""

    package: str | None
    cc: str
    cxx: str


OWN_COMPILER = Compiler(package=None, cc="gcc", cxx="g++")


def host_compiler(distro: Distro, toolkit: str) -> Compiler:
    """Return the distribution's compiler within nvcc's bounds, else the preferred one.

    Raises NoCompiler, and MissingRow where the tables do not know the toolkit or the distribution.
    """
    bounds = lookup.gcc(toolkit)
    own = lookup.distro(distro.name).gcc
    if version_key(bounds.gcc_min) <= version_key(own) < version_key(bounds.gcc_below):
        return OWN_COMPILER
    majors = distro.extra_compilers.majors
    for major in majors:
        if version_key(bounds.gcc_min) <= version_key(str(major)) < version_key(bounds.gcc_below):
            names = (
                each.format(major=major)
                for each in (distro.extra_compilers.package, distro.extra_compilers.cc, distro.extra_compilers.cxx)
            )
            package, cc, cxx = names
            return Compiler(package=package, cc=cc, cxx=cxx)
    raise NoCompiler(
        f"nvcc {toolkit} takes gcc from {bounds.gcc_min} to below {bounds.gcc_below}; {distro.id} "
        f"{distro.version} has {own} and, beside it, {', '.join(map(str, sorted(majors)))}. "
        f"Declare a toolkit that takes one of them in cuda.toolkit."
    )
