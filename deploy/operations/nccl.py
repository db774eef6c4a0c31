"""Check and set the interface of the collective."""

from pyinfra.api.exceptions import OperationError
from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import shell_commands, startup_files
from deploy.facts.files import PathState
from deploy.facts.network import Interfaces
from deploy.operations import Commands
from deploy.operations.cuda import ENVIRONMENT


@operation()
def interface(interface: str) -> Commands:
    """Check that the interface exists; NCCL and Gloo would wait for it without end."""
    actual = host.get_fact(Interfaces)
    if interface not in actual:
        raise OperationError(
            f"{host.name}: interface of the collective: wanted {interface}, found {', '.join(sorted(actual))}. "
            f"Correct `interface` of this node in inventory.py."
        )
    host.noop(f"{interface} is there")
    yield from ()


@operation()
def environment(interface: str) -> Commands:
    """Set Gloo's variable in /etc/environment, because Gloo has no file of settings."""
    actual = host.get_fact(PathState, path=ENVIRONMENT)
    old = actual.content if actual else ""
    expected = startup_files.marked(old, "nccl", [f"GLOO_SOCKET_IFNAME={interface}"])
    if actual is None or (actual.mode, actual.user, old) != ("644", "root", expected):
        yield shell_commands.write_file(ENVIRONMENT, expected, mode="644", user="root", group="root")
