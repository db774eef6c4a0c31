"""The pair of lab nodes that the end-to-end tests share, brought up empty once a session."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from lab.faults.catalogue import undo
from lab.instance import Instance, load
from lab.podman import Podman
from lab.snapshots import lacking

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
INVENTORY = "lab/inventory.py"
OWN, LIKE = "TRUEUP_TESTS_LAB", "TRUEUP_TESTS_LIKE"

# The longest single step is the first converge: two nodes unpack 4.4 GB each on two cores.
STEP_S = 900


@dataclass(frozen=True)
class Done:
    """A finished command: exit status and both streams as text."""

    rc: int
    out: str
    err: str


@dataclass(frozen=True)
class Pair:
    """Two lab nodes and the user's own commands, run as a user runs them."""

    name: str

    @property
    def environment(self) -> dict[str, str]:
        """What the commands get: this environment's programs, and the instance's name."""
        path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, "TRUEUP_LAB": self.name, "PATH": path}

    def run(self, *command: str, timeout: float = STEP_S) -> Done:
        """A command in the project's folder; its output is kept."""
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=timeout, check=False
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *command: str, out: "IO[bytes] | int" = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
        """The same in the background, in a process group of its own, where Ctrl-C counts; both streams go to ``out``.

        Tests that are run in the background ignore it, and what they start inherits that.
        """
        return subprocess.Popen(
            ("env", "--default-signal=INT", *command),
            cwd=ROOT,
            env=self.environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def converge(self, *extra: str, inventory: str = INVENTORY) -> Done:
        """The user's first command."""
        return self.run("pyinfra", "-y", *extra, inventory, "deploy/site.py")

    def plan(self, *extra: str, inventory: str = INVENTORY) -> dict[str, list[str]]:
        """The dry plan: operation -> the nodes that it would change; empty when nothing is to be done."""
        done = self.run("pyinfra", "--dry", "--json", *extra, inventory, "deploy/site.py")
        assert done.rc == 0, done.err
        return planned(json.loads(done.out))

    def accept(self, *extra: str) -> Done:
        """The user's second command."""
        return self.run("pytest", "-q", "-n", "auto", "--inventory", INVENTORY, "-p", "no:cacheprovider", *extra)

    def on(self, node: str, command: str, timeout: float = 120) -> Done:
        """A command on a node by plain ssh, as an operator would type it."""
        lab = load(self.name)
        assert lab is not None
        return self.run(
            "ssh",
            *("-F", "none", "-i", str(lab.key), "-o", f"UserKnownHostsFile={lab.known_hosts}"),
            *("-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "ConnectTimeout=10"),
            f"root@{lab.address(node)}",
            command,
            timeout=timeout,
        )


def planned(document: Any) -> dict[str, list[str]]:
    """pyinfra's dry-run document -> operation -> nodes that need it. A conditional change alone is none."""
    return {
        operation["name"]: sorted(operation["hosts_with_change"])
        for operation in document["plan"]
        if operation["hosts_with_change"]
    }


def _keeps(name: str) -> bool:
    """Whether a lab keeps the disks of a pair."""
    lab = load(name)
    return lab is not None and not lacking(name, ("node1", "node2"), Podman(lab.containers_conf))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first hour wants an empty pair, and leaves all others a converged one."""
    items.sort(key=lambda item: item.path.name != "test_first_hour.py")


def kept_like() -> str | None:
    """The lab that TRUEUP_TESTS_LIKE names, if it keeps disks."""
    like = os.environ.get(LIKE)
    return like if like and _keeps(like) else None


@contextmanager
def brought_up(name: str, *options: str) -> Iterator[Pair]:
    """Yield an instance of its own, so that no other lab is touched: created empty, and taken down at the end.

    TRUEUP_TESTS_LAB names an instance that is brought up as it is, and stays, for work on these tests.
    TRUEUP_TESTS_LIKE names a lab whose kept disks serve instead of empty ones, where it keeps any.
    """
    own, like = os.environ.get(OWN), kept_like()
    pair = Pair(own or name)
    begin = () if own else ("--fresh", *(("--like", like) if like else ()))
    up = pair.run("trueup", "lab", "up", *options, *begin)
    assert up.rc == 0, up.err
    yield pair
    if not own:
        down = pair.run("trueup", "lab", "down")
        assert down.rc == 0, down.err


@pytest.fixture(scope="session")
def pair() -> Iterator[Pair]:
    """Two nodes of the usual kind."""
    with brought_up("tests") as pair:
        yield pair


@pytest.fixture(scope="session")
def converged(pair: Pair) -> Pair:
    """The pair after one converge from empty."""
    done = pair.converge()
    assert done.rc == 0, done.out + done.err
    return pair


@pytest.fixture(scope="module")
def instance(converged: Pair) -> Iterator[Instance]:
    """The converged pair's instance; faults undone before and after."""
    found = load(converged.name)
    assert found is not None
    undo(found)
    yield found
    undo(found)
