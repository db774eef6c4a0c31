"""The shells that read what is hostile, and can do no harm."""

import os
import shutil
import subprocess
from pathlib import Path
from shlex import quote
from typing import Any

# Every program that a command of ours names, as a function that does nothing; nested shells read their argument.
PROGRAMS = """cat chmod chown conda cp curl cut dnf dpkg env find getent grep head id install ldconfig ln ls mkdir mount
    mv nohup od ps readlink restorecon rm rmdir rpm sed sha256sum sort stat systemctl tail tr true ufw uname useradd
    usermod wc yum flock timeout kill"""
NESTED = '() { n=; for a; do case "$n" in -c|-ic|-lc) (eval "$a");; esac; n=$a; done; return $RC; }'
PRELUDE = (
    "exec 9>&1; canary() { echo $N >&9; }\n"
    + "".join(f"{name}() {{ return $RC; }}\n" for name in PROGRAMS.split())
    + "".join(f"{name}{NESTED}\n" for name in ("sh", "bash", "runuser", "sudo"))
)

# A command of ours that loops for ever where its programs do nothing would be a finding, too.
TIMEOUT_S = 60


class Sandbox:
    """Debian's sh and EL's, without programs and without rights, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cases = 0
        folder.chmod(0o777)

    def ran(self, commands: list[str]) -> list[str]:
        """Those commands that let the canary run, read where all programs succeed, and where all fail."""
        self.cases += len(commands)
        lines = [
            f"( N={number} RC={rc}; eval {quote(command.removeprefix('exec '))} ) </dev/null >/dev/null 2>&1"
            for number, command in enumerate(commands)
            for rc in (0, 1)
        ]
        actual = {int(word) for shell in ("dash", "bash") for word in self._read(shell, "\n".join(lines)).split()}
        return [commands[number] for number in sorted(actual)]

    def _read(self, shell: str, lines: str) -> str:
        nobody: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}
        program = shutil.which(shell)
        assert program is not None, f"{shell} is not installed; tests/host-packages.txt names it"
        done = subprocess.run(
            [program, "-s"],
            input=f"{PRELUDE}{lines}\necho end\n",
            text=True,
            capture_output=True,
            cwd=self.folder,
            env={"PATH": "/nowhere", "LC_ALL": "C.UTF-8"},
            check=False,
            timeout=TIMEOUT_S,
            **nobody,
        )
        assert done.stdout.endswith("end\n"), f"{shell} did not read to the end: {done.stderr[-500:]}"
        return str(done.stdout).removesuffix("end\n")
