"""The probe as one script, and the shell line that finds a Python to run it."""

import shlex
from functools import cache
from importlib.resources import files

PARTS = ("guard", "nvml", "kernel", "host", "main")
_OWN = "from trueup.gpu.node."
NO_PYTHON = 127


@cache
def script() -> bytes:
    """The parts in order, without the lines by which they import each other."""
    room = files("trueup.gpu.node")
    texts = (room.joinpath(f"{part}.py").read_text("utf-8") for part in PARTS)
    lines = (line for text in texts for line in text.splitlines() if not line.startswith(_OWN))
    return "\n".join([*lines, ""]).encode()


def launch(pythons: tuple[str, ...], nvml_seconds: float) -> str:
    """A POSIX shell line that runs standard input by the first of these Pythons that starts.

    It ends with status 127 and a sentence on standard error where none does. -I: nothing of the account's
    own environment; -B: no byte code is left behind.
    """
    names = " ".join(shlex.quote(name) for name in pythons)
    return (
        f"for python in {names}; do "
        'if command -v "$python" >/dev/null 2>&1 && "$python" -I -S -c "" </dev/null >/dev/null 2>&1; '
        f'then exec "$python" -I -B - {nvml_seconds:g}; fi; done; '
        f"echo 'no Python among' {shlex.quote(names)} >&2; exit {NO_PYTHON}"
    )


def pythons(prefix: str, env: str) -> tuple[str, ...]:
    """Where to look for one: the training environment, its base, then what the distribution has."""
    own = (f"{prefix}/envs/{env}/bin/python", f"{prefix}/bin/python")
    return (*own, "python3", "/usr/libexec/platform-python", "python")
