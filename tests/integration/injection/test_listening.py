"""Nothing listens wider than it was told to."""

import re
import shutil
import subprocess
from pathlib import Path

from tests.unit.mirror.test_serve import running


def test_mirror_listens_on_its_one_address(tmp_path: Path) -> None:
    """0.0.0.0 would hand the wheels, and the load, to everybody."""
    program = shutil.which("ss")
    assert program is not None, "ss is not installed; lab/host-packages.txt names its package (iproute2)"
    with running(tmp_path) as (job, port):
        listed = subprocess.run([program, "-Hltnp"], capture_output=True, text=True, check=True).stdout
    own = [line.split()[3] for line in listed.splitlines() if re.search(rf"\bpid={job.pid},", line)]

    assert [f"127.0.0.1:{port}"] == own
