"""A scratch folder of a command's own: used where it may be, done without where it may not."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from trueup.remote_shell.private_tmp import PLACE, with_private_tmp

SCRATCH = "d=$(mktemp -d) && echo $d $GIVEN && exit 3"


def run(path: str) -> "subprocess.CompletedProcess[str]":
    """The command with this PATH."""
    command = with_private_tmp(f"GIVEN='a b' sh -c {shlex.quote(SCRATCH)}")
    environment = {**os.environ, "PATH": path, "TMPDIR": "/tmp"}
    return subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone may unshare")
def test_scratch_is_private() -> None:
    """Its status, its output and its environment are the command's own."""
    before = Path(PLACE).stat().st_mtime_ns, sorted(Path(PLACE).iterdir())
    done = run(os.environ["PATH"])

    assert (3, "") == (done.returncode, done.stderr)
    assert done.stdout.startswith(f"{PLACE}/tmp.")
    assert done.stdout.endswith(" a b\n")
    assert before == (Path(PLACE).stat().st_mtime_ns, sorted(Path(PLACE).iterdir()))


def test_without_unshare_it_runs_as_it_was(tmp_path: Path) -> None:
    """A node of another make, or a container, answers all the same."""
    for program in ("sh", "env", "mktemp", "true"):
        (tmp_path / program).symlink_to(next(p for d in ("/usr/bin", "/bin") if (p := Path(d, program)).exists()))
    done = run(str(tmp_path))
    folder, _, given = done.stdout.strip().partition(" ")
    Path(folder).rmdir()

    assert (3, "", "a b", "/tmp") == (done.returncode, done.stderr, given, str(Path(folder).parent))
