"""Lock an instance for one `trueup lab` at a time; the kernel releases the lock of a killed one."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep

from lab.errors import LabError
from lab.paths import state_root

PATIENCE = 1200.0  # seconds; a first `up` builds images
WORTH_SAYING = 2.0


@contextmanager
def only_one(name: str, say: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the lock of that name; raises LabError when another process keeps it for PATIENCE.

    say gets one line when the lock is taken.
    """
    state_root().mkdir(parents=True, exist_ok=True)
    began = monotonic()
    said = say is None
    with (state_root() / f"{name}.lock").open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                waited = monotonic() - began
                if say is not None and not said and waited > WORTH_SAYING:
                    say(f"       waiting for another `trueup lab` to let go of {file.name}")
                    said = True
                if waited > PATIENCE:
                    raise LabError(
                        "wait for another `trueup lab`",
                        expected=f"the lock {file.name} within {PATIENCE:.0f} s",
                        actual="another process holds it",
                        remedy=f"see which: fuser {file.name}",
                    ) from None
                sleep(0.2)
        yield
