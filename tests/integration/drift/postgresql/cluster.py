"""A PostgreSQL server of a test session's own: Debian's programs, a folder that is gone afterwards, no port."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = Path("/usr/lib/postgresql")
# Debian's package makes this account; the server refuses to run as root.
ACCOUNT = "postgres"
DEADLINE_S = 60.0


def _run(folder: Path, program: str, *arguments: str) -> None:
    newest = max(PROGRAMS.iterdir(), key=lambda found: float(found.name))
    subprocess.run(
        [str(newest / "bin" / program), *arguments],
        cwd=folder,
        user=ACCOUNT if os.geteuid() == 0 else None,
        stdin=subprocess.DEVNULL,
        # The server keeps its output open: a pipe would never end.
        stdout=(folder / "output").open("a"),
        stderr=subprocess.STDOUT,
        timeout=DEADLINE_S,
        check=True,
    )


@contextmanager
def cluster() -> Iterator[Path]:
    """The folder of its socket."""
    folder = Path(tempfile.mkdtemp(prefix="trueup-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, ACCOUNT)
        data = str(folder / "data")
        _run(folder, "initdb", "-D", data, "--auth=trust", "--username=trueup", "--no-sync", "--encoding=UTF8")
        _run(folder, "pg_ctl", "-D", data, "-w", "-o", f"-k {folder} -c listen_addresses='' -c fsync=off", "start")
        try:
            yield folder
        finally:
            _run(folder, "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
