"""Two nodes on this machine: a bare environment each, a shell that is a process, and a stand-in for torchrun."""

import os
import signal
import subprocess
import sys
import venv
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from trueup.collective.job_spec import Member, OnOutput
from trueup.remote_shell import DeadlineExceeded, Result

# Writes what the ranks of a node would have written, or behaves as STUB says.
TORCHRUN = """
import json, os, sys, time
from trueup.collective.node.collectives import OPERATIONS
from trueup.collective.node.result_writer import ResultWriter
words = sys.argv
job = json.loads(words[-1])
first = int(words[words.index("--node-rank") + 1]) * job["ranks_per_node"]
world = int(words[words.index("--nnodes") + 1]) * job["ranks_per_node"]
mode = os.environ.get("STUB", "well")
print("NCCL version 2.14.3+cuda11.7", file=sys.stderr)
if mode == "hang":
    time.sleep(600)
for rank in range(first, first + job["ranks_per_node"] - (mode == "missing")):
    entry = {"dtype": "float32", "count": 3, "size": 12, "outcome": "exact", "why": None}
    checks = [{"operation": operation, **entry} for operation in OPERATIONS]
    rates = {"seconds": 0.1, "best": 0.1, "algbw": 1.0, "busbw": 1.5}
    timing = {"operation": "all_reduce", "size": 12, "bytes": 12, "algorithm": "own", "round": 0, **rates}
    facts = {"node": job["node"], "rank": rank, "world": world, "backend": job["backend"], "torch": "2.0.1"}
    ResultWriter("rank", job["bundle"], 1, checks=checks, timings=[timing], **facts).write(None)
sys.exit(3 if mode == "fail" else 0)
"""


class LocalShell:
    """The part of a node's shell that a launch uses, over a local sh."""

    def __init__(self, environment: dict[str, str]) -> None:
        """Environment: what every command gets beside this process's own."""
        self._pool = ThreadPoolExecutor(1)
        self._environment = environment

    def submit(
        self,
        command: str,
        *,
        stdin: bytes | None = None,
        timeout: float | None = None,
        on_output: OnOutput | None = None,
    ) -> "Future[Result]":
        """One command after the other."""
        return self._pool.submit(self._run, command, stdin, timeout, on_output)

    def run_pty(self, command: str, *, stdin: bytes | None = None, timeout: float | None = None) -> Result:
        """At once, beside the others."""
        return self._run(command, stdin, timeout, None)

    def _run(self, command: str, stdin: bytes | None, timeout: float | None, on_output: OnOutput | None) -> Result:
        with subprocess.Popen(
            ["sh", "-c", command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **self._environment},
            start_new_session=True,
        ) as process:
            try:
                out, err = process.communicate(stdin or b"", timeout)
            except subprocess.TimeoutExpired as error:
                os.killpg(process.pid, signal.SIGTERM)
                raise DeadlineExceeded("here", command, expected="an end", actual="none", remedy="wait") from error
        if on_output:
            on_output(2, err)
        return Result(process.returncode, out, err)


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    """A folder from which Python takes a torch that is only a torchrun."""
    package = tmp_path / "stub/torch/distributed"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "run.py").write_text(TORCHRUN)
    return package.parents[1]


@pytest.fixture
def modes() -> tuple[str, str]:
    """How the two nodes behave; overridden by parametrization."""
    return ("well", "well")


@pytest.fixture
def pair(tmp_path: Path, stub: Path, modes: tuple[str, str]) -> tuple[Member, Member]:
    """node1 and node2, both on the loopback."""

    def node(name: str, mode: str) -> Member:
        prefix = tmp_path / name
        venv.create(prefix, symlinks=True)
        paths = os.pathsep.join([str(stub), str(Path(__file__).parents[3]), *sys.path])
        shell = LocalShell({"PYTHONPATH": paths, "STUB": mode})
        return Member(name, "127.0.0.1", "lo", str(prefix / "bin/python"), shell)

    return node("node1", modes[0]), node("node2", modes[1])
