"""CPython 3.11.2 compiled in a bullseye chroot: nothing older than glibc 2.31 is in reach of the lab's nodes.

The inputs never change (bullseye's last point release, the upstream tarball by its SHA-256, no clock, no host
names), so the result is the same to the bit on every machine, and locks/lab.lock can hold its hash.
"""

import os
import shutil
import subprocess
from collections import deque
from collections.abc import Callable
from pathlib import Path

from lab.errors import LabError
from lab.host_apt import SUITE, HostAptSettings, gather

RECIPE = Path(__file__).with_name("recipe")
OLD_SUITE = "bullseye"
PACKAGES = (
    *("build-essential", "patchelf", "xz-utils", "zlib1g-dev", "libbz2-dev", "liblzma-dev"),
    *("libssl-dev", "libffi-dev", "libsqlite3-dev", "uuid-dev"),
)
DEADLINE_S = 1800
LOG_LINES_SHOWN = 15
# Updates would change the compiler's inputs from one day to the next.
NO_UPDATES = 'sed -i "/ bullseye-updates \\| bullseye-security /d" "$1"/etc/apt/sources.list'

# A mount namespace of its own: what mmdebstrap mounts ends with it, however it ends.
OWN_MOUNTS = ("unshare", "--mount", "--propagation", "private")

# No CFLAGS, MAKEFLAGS or locale of this machine's user gets in.
COMPILE = 'env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root chroot "$1" sh /recipe/build.sh'


def sources(carried: HostAptSettings) -> list[str]:
    """The one line of bullseye's sources.list, at the place where this machine has its own suite from."""
    for line in carried.sources:
        kind, uri, suite, *_ = line.split()
        if suite == SUITE:
            return [f"{kind} {uri} {OLD_SUITE} main"]
    return []


def command(out: Path, carried: HostAptSettings) -> list[str]:
    """The mmdebstrap that builds, compiles, packs, and leaves nothing but the files in `out`."""
    return [
        *("mmdebstrap", "--variant=apt", "--format=null", f"--include={','.join(PACKAGES)}"),
        *(f"--aptopt={option}" for option in carried.options),
        f"--setup-hook={NO_UPDATES}",
        f"--customize-hook=copy-in {RECIPE} /",
        f"--customize-hook={COMPILE}",
        f"--customize-hook=sync-out /out {out}",
        *(OLD_SUITE, os.devnull, *sources(carried)),
    ]


def _failed(found: str, todo: str) -> LabError:
    wanted = f"mmdebstrap to build CPython in a chroot of Debian {OLD_SUITE} within {DEADLINE_S} s"
    return LabError("build the lab's CPython", expected=wanted, actual=found, remedy=todo)


def compile_python(out: Path, log: Path, progress: Callable[[str], None]) -> None:
    """Fill the folder `out` with the package as .tar.bz2 and .tar.gz; about two minutes on two cores.

    progress gets one line per step. LabError with the end of the log when it cannot be done.
    """
    if shutil.which("mmdebstrap") is None:
        raise _failed("no mmdebstrap on this machine", "apt-get install mmdebstrap debian-archive-keyring")
    last: deque[str] = deque(maxlen=LOG_LINES_SHOWN)
    with log.open("w", encoding="utf-8") as record:
        job = subprocess.Popen(
            [*OWN_MOUNTS, "timeout", str(DEADLINE_S), *command(out, gather())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert job.stdout is not None
        for line in job.stdout:
            record.write(line)
            last.append(line.rstrip())
            if line.startswith("step: "):
                progress(line.removeprefix("step: ").strip())
            elif line.startswith("I: ") and "hook" not in line:
                progress(f"chroot: {line.removeprefix('I: ').strip()}")
    if job.wait() != 0:
        raise _failed(
            "\n    ".join(last),
            f"see {log}; `apt-get update` must work here, and its mirror must have {OLD_SUITE}",
        )
