"""Reboot a node, and prove it by the boot id before a deadline."""

from collections.abc import Generator
from pathlib import Path
from shlex import quote
from time import monotonic, sleep

from pyinfra import logger
from pyinfra.api.command import FunctionCommand, StringCommand
from pyinfra.api.host import Host
from pyinfra.api.operation import operation
from pyinfra.api.state import State
from pyinfra.context import host

from deploy.facts.boot import BootId

STEP_S = 2.0
ANSWER_S = 30
OWN_BOOT = Path("/proc/sys/kernel/random/boot_id")
# sshd answers before the boot has finished, and what is not loaded yet would look as if it never were.
BOOTING = 'case "$(systemctl is-system-running 2>/dev/null)" in initializing|starting) exit 1;; esac'
FINISHED = f"{BOOTING}; {BootId().command()}"
NEVER = "This node is the controller, which never reboots itself: reboot it by hand, then converge again."


def is_controller() -> bool:
    """Tell whether the node is the controller: no two machines share a boot id."""
    return host.get_fact(BootId) == OWN_BOOT.read_text(encoding="ascii").strip()


@operation()
def reboot(deadline_s: int) -> Generator[str | FunctionCommand, None, None]:
    """Reboot the node; use under an _if only. The controller is always refused.

    The shell ends with the node, so a process of its own gives the order.
    """
    if is_controller():
        # A command that fails, and no exception: a dry plan asks for it on every node, whatever the _if says.
        yield f"echo {quote(f'{host.name}: reboot: {NEVER}')} >&2; exit 1"
        return
    before = host.get_fact(BootId)
    yield "( sleep 1; systemctl reboot || reboot ) </dev/null >/dev/null 2>&1 &"
    yield FunctionCommand(wait_for_new_boot, (before, deadline_s), {})


def wait_for_new_boot(state: State, host: Host, before: str, deadline_s: int) -> bool:
    """Wait until the node answers with another boot id, or the deadline.

    pyinfra passes state and host only to a function that has both under these very names.
    """
    end = monotonic() + deadline_s
    actual = None
    while monotonic() < end:
        sleep(STEP_S)
        actual = boot_now(host)
        if actual not in (None, before):
            return True
    logger.error(
        f"{host.print_prefix}{host.name}: reboot: wanted another boot id than {before} within {deadline_s} s, found "
        f"{actual or 'none that has finished'}. Look at its console; converge again once it is up."
    )
    return False


def boot_now(host: Host) -> str | None:
    """Return the boot id over a new connection, or None while the node goes down or up.

    Not by get_fact, which ends the run for a node that does not answer.
    """
    host.disconnect()
    host.connect(show_errors=False)
    if not host.connected:
        return None
    try:
        good, output = host.run_shell_command(StringCommand(FINISHED), _timeout=ANSWER_S)
    except OSError:
        return None
    return output.stdout.strip() if good and output.stdout.strip() else None
