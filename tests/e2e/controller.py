"""An empty lab node as the machine that an operator works from, with an account of his own on it."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from select import select
from time import monotonic

from lab.node import LabNode
from lab.paths import cache_root
from lab.ssh_keys import ssh_command
from tests.e2e.conftest import Done
from trueup.mirror import sha256_of

ROOT = Path(__file__).parents[2]
RUN = "requirements/run.txt"
WHEELS = "/srv/wheels"
ACTIVE = "cd ~/trueup && . .venv/bin/activate && "
# What Debian 12 has; the machine that runs the tests may have another.
PYTHON = "3.11"


@dataclass(frozen=True)
class Controller:
    """account: with passwordless sudo, on every node."""

    node: LabNode
    account: str

    def _ssh(self, command: str, *options: str) -> list[str]:
        first, *rest = ssh_command(self.node.instance, self.node.name, command, self.account)
        return [first, *options, *rest]

    def run(self, command: str, deadline: float = 120.0) -> Done:
        """What the account's shell makes of it, cut off at deadline, in seconds."""
        done = subprocess.run(
            self._ssh(f"set -e; export PIP_NO_INDEX=1 PIP_FIND_LINKS={WHEELS}; {command}"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=deadline,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def run_with_answer(
        self, command: str, question: str, answer: Callable[[str], str], deadline: float = 60.0
    ) -> tuple[int, str]:
        """A command on a terminal that asks once: its exit status, and all that the terminal showed."""
        process = subprocess.Popen(
            self._ssh(command, "-tt"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert process.stdin is not None
        assert process.stdout is not None
        with process:
            try:
                shown, end = "", monotonic() + deadline
                while piece := _next(process.stdout.fileno(), end - monotonic()):
                    answered = question in shown
                    shown += piece.replace("\r", "")
                    if question in shown and not answered:
                        process.stdin.write(f"{answer(shown)}\n".encode())
                        process.stdin.flush()
                return process.wait(timeout=max(end - monotonic(), 1)), shown
            except BaseException:
                process.kill()
                raise

    def put(self, path: str, content: bytes) -> None:
        """A file of the account's."""
        subprocess.run(self._ssh(f"cat > {path}"), input=content, timeout=120, check=True)

    def put_folder(self, folder: Path, path: str) -> None:
        """A folder of root's."""
        into = self._ssh(f"sudo mkdir -p {path} && sudo tar -C {path} -xf -")
        with subprocess.Popen(["tar", "-C", str(folder), "-cf", "-", "."], stdout=subprocess.PIPE) as tar:
            subprocess.run(into, stdin=tar.stdout, timeout=120, check=True)
        assert 0 == tar.returncode


def _next(stream: int, patience: float) -> str:
    """What comes next; empty at the end, AssertionError where nothing comes in time."""
    assert select([stream], [], [], max(patience, 0))[0], "the terminal fell silent"
    return os.read(stream, 65536).decode("utf-8", "replace")


def bundle(folder: Path) -> bytes:
    """This tree as a repository to clone, with what is not committed yet; nothing of the tree is touched."""
    git = ("git", f"--git-dir={folder}/git", f"--work-tree={ROOT}", "-c", "user.name=lab", "-c", "user.email=lab@lab")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-qm", "The tree as it is")):
        subprocess.run([*git, *words], cwd=ROOT, timeout=120, check=True)
    subprocess.run(
        [*git, "bundle", "create", "-q", f"{folder}/bundle", "HEAD", "main"], cwd=ROOT, timeout=120, check=True
    )
    return (folder / "bundle").read_bytes()


def wheels(scratch: Path) -> Path:
    """A controller's packages, fetched as this machine fetches its own, once for each lock."""
    kept = cache_root() / "controller" / sha256_of(ROOT / RUN)
    if not kept.exists():
        base = getattr(sys, "_base_executable", sys.executable)
        subprocess.run([base, "-m", "venv", str(scratch / "venv")], timeout=120, check=True)
        fresh = kept.with_name(f"{kept.name}.new-{os.getpid()}")
        pip = [f"{scratch}/venv/bin/python", "-m", "pip", "download", "-q", "--only-binary=:all:"]
        pip += [f"--python-version={PYTHON}", "--require-hashes", "-r", RUN, "-d", str(fresh)]
        subprocess.run(pip, cwd=ROOT, timeout=600, check=True)
        fresh.rename(kept)
    return kept
