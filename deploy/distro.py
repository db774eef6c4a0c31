"""Which entry of the distribution table the node is."""

from collections.abc import Iterable

from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import host

from deploy.facts.system import OsRelease
from trueup.platforms import Compiler, Distro, NoCompiler, UnknownDistro, distro_of, host_compiler


def current_distro() -> Distro:
    """The node's distribution; an unknown one ends the run before the first operation.

    Raises PyinfraError naming the node and the table.
    """
    actual = host.get_fact(OsRelease)
    try:
        return distro_of(actual.get("ID", ""), actual.get("VERSION_ID", ""))
    except UnknownDistro as error:
        raise PyinfraError(f"{host.name}: {error}") from error


def own_names(distro: Distro, packages: Iterable[str]) -> list[str]:
    """This distribution's names of the declared packages, in their order.

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
    """The compiler that nvcc of that toolkit takes here. Raises PyinfraError naming the node where there is none."""
    try:
        return host_compiler(distro, toolkit)
    except NoCompiler as error:
        raise PyinfraError(f"{host.name}: {error}") from error
