"""The chroot that DeepSpeed is compiled in: bullseye's g++ 10, which every nvcc here takes, and an old enough glibc."""

import os
import shlex
import subprocess
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from lab.conda.build_in_chroot import NO_UPDATES, OLD_SUITE, OWN_MOUNTS, sources
from lab.errors import LabError
from lab.host_apt import gather

RECIPE = Path(__file__).with_name("recipe") / "build.sh"
PACKAGES = ("g++", "libc6-dev", "libaio-dev")
DEADLINE_S = 1800
UNMOUNT_S = 60
LOG_LINES_SHOWN = 15


def hook(work: Path, ops: Iterable[str], builds: Iterable[tuple[str, str]]) -> str:
    """Bind the folder to /build, so that no path of this machine gets into a binary, and compile.

    ops: "fused_adam", ...; builds: (compute capability, build tag).
    """
    words = shlex.join(word for build in builds for word in build)
    flags = shlex.quote(" ".join(f"DS_BUILD_{op.upper()}=1" for op in sorted(ops)))
    # The mount ends before mmdebstrap removes its folder, whatever came of the build. The workers that torch 2.6 starts
    # beside itself (inductor's) outlive the build by a moment, and keep the folder busy meanwhile.
    unmount = f'n={UNMOUNT_S}; until umount "$1"/build; do n=$((n - 1)); [ $n -gt 0 ] || exit 1; sleep 1; done'
    return (
        f'mkdir "$1"/build && mount --bind {shlex.quote(str(work))} "$1"/build && '
        f'{{ OPS={flags} chroot "$1" sh /build/build.sh {words}; rc=$?; {unmount}; exit $rc; }}'
    )


def compile_wheels(
    work: Path, ops: Iterable[str], builds: Iterable[tuple[str, str]], log: Path, progress: Callable[[str], None]
) -> None:
    """Fill work/out with a wheel for each build, all at once; two minutes. LabError with the log's end."""
    carried = gather()
    command = [
        *OWN_MOUNTS,
        *("timeout", str(DEADLINE_S), "mmdebstrap", "--variant=apt", "--format=null"),
        f"--include={','.join(PACKAGES)}",
        *(f"--aptopt={option}" for option in carried.options),
        f"--setup-hook={NO_UPDATES}",
        f"--customize-hook={hook(work, ops, builds)}",
        *(OLD_SUITE, os.devnull, *sources(carried)),
    ]
    last: deque[str] = deque(maxlen=LOG_LINES_SHOWN)
    with log.open("w", encoding="utf-8") as record:
        job = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert job.stdout is not None
        for line in job.stdout:
            record.write(line)
            last.append(line.rstrip())
            if line.startswith("step: "):
                progress(line.removeprefix("step: ").strip())
    if job.wait() != 0:
        raise LabError(
            "compile DeepSpeed's ops",
            expected=f"mmdebstrap to compile them in a chroot of Debian {OLD_SUITE} within {DEADLINE_S} s",
            actual="\n    ".join(last),
            remedy=f"see {log}; `apt-get update` must work here, and its mirror must have {OLD_SUITE}",
        )
