"""Look up the node's distribution and its own names."""

from collections.abc import Iterable

from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import host

from deploy.facts.system import OsRelease
from trueup.platforms import Compiler, Distro, NoCompiler, UnknownDistro, distro_of, host_compiler


def current_distro() -> Distro:
    """Return the node's distribution; an unknown one ends the run before any operation.

    Raises PyinfraError naming the node and the table.
    """
    actual = host.get_fact(OsRelease)
    try:
        return distro_of(actual.get("ID", ""), actual.get("VERSION_ID", ""))
    except UnknownDistro as error:
        raise PyinfraError(f"{host.name}: {error}") from error


def own_names(distro: Distro, packages: Iterable[str]) -> list[str]:
    """Translate the declared packages to this distribution's names, in order.

    Raises PyinfraError naming the node, every package that nobody has described, and the table.
    """
    unknown = sorted(set(packages) - set(distro.packages))
    if unknown:
        known = ", ".join(sorted(distro.packages))
        raise PyinfraError(
            f"{host.name}: host.packages: found {', '.join(unknown)}, which nobody has described for "
            f"{distro.id} {distro.version}. Wanted some of: {known}. To add one: its line in trueup/platforms/table.py."
        )
    return [distro.packages[name] for name in packages]


def compiler_for(distro: Distro, toolkit: str) -> Compiler:
    """Return the compiler that the toolkit's nvcc accepts. Raises PyinfraError where there is none."""
    try:
        return host_compiler(distro, toolkit)
    except NoCompiler as error:
        raise PyinfraError(f"{host.name}: {error}") from error
