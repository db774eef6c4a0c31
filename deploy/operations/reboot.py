"""A reboot that is proven by the boot id, or fails with a reason before its deadline."""

from collections.abc import Generator
from pathlib import Path
from time import monotonic, sleep

from pyinfra.api.command import FunctionCommand
from pyinfra.api.exceptions import OperationError
from pyinfra.api.host import Host
from pyinfra.api.operation import operation
from pyinfra.api.state import State
from pyinfra.context import host

from deploy.facts.boot import BootId

STEP_S = 2.0


@operation()
def reboot(deadline_s: int) -> Generator[str | FunctionCommand, None, None]:
    """Only ever under an _if. The controller may be one of the nodes, and never reboots itself.

    The shell goes away with the node, so the order is given to a process of its own.
    """
    before = host.get_fact(BootId)
    if before == Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip():
        raise OperationError(
            f"{host.name}: reboot: this node is the controller, which never reboots itself. Reboot it by hand, "
            f"then converge again."
        )
    yield "( sleep 1; systemctl reboot || reboot ) </dev/null >/dev/null 2>&1 &"
    yield FunctionCommand(wait_for_new_boot, (before, deadline_s), {})


def wait_for_new_boot(state: State, host: Host, before: str, deadline_s: int) -> bool:
    """Until the node answers with another boot id. Raises OperationError at the deadline."""
    end = monotonic() + deadline_s
    found = "no answer"
    while monotonic() < end:
        sleep(STEP_S)
        host.disconnect()
        host.connect(show_errors=False)
        if host.connected:
            found = host.get_fact(BootId)
            if found != before:
                return True
    raise OperationError(
        f"{host.name}: reboot: wanted another boot id than {before} within {deadline_s} s, found {found}. "
        f"Look at its console; converge again once it is up."
    )
