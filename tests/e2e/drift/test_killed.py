"""`trueup drift` killed anywhere between its first import and its last write."""

import json
import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path
from random import Random

import pytest

from tests.e2e.conftest import INVENTORY, ROOT
from tests.e2e.drift.conftest import Site
from tests.sample_size import count

POINTS, SEED = count(5, 100), 8
# One component of one node: the run has all its parts, and its own steps are a larger part of it.
NARROW = ("--quick", "--component", "conda", "--node", "node1", "--inventory", INVENTORY)
ENDED_S = 120.0


@pytest.fixture
def shot(site: Site) -> Site:
    """A site with one stored run."""
    status, _ = site.drift("--component", "conda", "--node", "node1")
    assert 0 == status
    return site


def test_sigkill_at_random_points(shot: Site) -> None:
    """The store is sound and says nothing that was not so; the next run stores what waited, and takes up from there."""
    chance = Random(SEED)  # noqa: S311  # points that a failure can be tried again at
    whole = duration(shot)
    points = sorted(chance.uniform(0.0, 1.1 * whole) for _ in range(POINTS))
    for point in points:
        killed(shot, point)
        said = state(shot.state)

        assert ("ok", set(), []) == said, f"killed after {point:.2f} s"
    status, document = shot.drift("--component", "conda", "--node", "node1")

    assert (0, [], []) == (status, list((shot.state / "waiting").glob("*.json")), shot.titles)
    assert [] == document["stale"]
    assert [] == shot.history()


def duration(site: Site) -> float:
    """How long a run takes here and now, in seconds."""
    began = time.monotonic()
    start(site).wait(timeout=ENDED_S)
    return time.monotonic() - began


def start(site: Site) -> "subprocess.Popen[bytes]":
    """A run in a process group of its own."""
    return subprocess.Popen(
        ["trueup", "drift", *NARROW],
        cwd=ROOT,
        env=site.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def killed(site: Site, point: float) -> None:
    """A run that is killed after that many seconds; then what it had started, as systemd does to a service."""
    run = start(site)
    try:
        run.wait(timeout=point)
    except subprocess.TimeoutExpired:
        run.kill()
        run.wait()
        try:
            os.killpg(run.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def state(folder: Path) -> tuple[str, set[int], list[str]]:
    """Whether the store is sound, the statuses of runs in it that are not 0, and records that cannot be read."""
    raw = sqlite3.connect(folder / "history.sqlite")
    try:
        (sound,) = raw.execute("PRAGMA integrity_check").fetchone()
        statuses = {status for (status,) in raw.execute("SELECT status FROM runs") if status}
        wrong = raw.execute("SELECT count(*) FROM periods WHERE outcome IN (1, 2)").fetchone()
        statuses |= {wrong[0]} - {0}
    finally:
        raw.close()
    torn = []
    for file in (folder / "waiting").glob("*.json"):
        try:
            json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            torn.append(file.name)
    return str(sound), statuses, torn
