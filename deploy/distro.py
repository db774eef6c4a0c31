"""Which entry of the distribution table the node is."""

from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import host

from deploy.facts.system import OsRelease
from trueup.spec.distros import Distro, UnknownDistro, lookup


def here() -> Distro:
    """The node's distribution; an unknown one ends the run before the first operation.

    Raises PyinfraError naming the node and the table.
    """
    found = host.get_fact(OsRelease)
    try:
        return lookup(found.get("ID", ""), found.get("VERSION_ID", ""))
    except UnknownDistro as error:
        raise PyinfraError(f"{host.name}: {error}") from error
