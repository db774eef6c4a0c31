"""A run killed at any point: the store stays readable, and says nothing that was not so."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from tests.sample_size import count
from tests.unit.drift.factories import START, good, run
from trueup.drift.state_dir import State
from trueup.drift.store import open_store
from trueup.drift.store.current import fleet_now
from trueup.drift.store.import_run import write
from trueup.drift.store.schema import periods, runs

ROOT = Path(__file__).parents[4]
POINTS, SEED = count(10, 100), 8
# Stores runs that alternate between all in order and all wrong, without end.
WRITER = """
import sys
from itertools import count
from pathlib import Path
from tests.unit.drift.factories import bad, good, run
from trueup.drift.state_dir import State
from trueup.drift.store import open_store

state = State(Path(sys.argv[1]))
for number in count(int(sys.argv[2])):
    items = good(checks=200) if number % 2 else [bad(i.node, i.name) for i in good(checks=200)]
    state.spool(run(items, hour=number, key=f"k{number}"))
    store = open_store(state.store)
    state.import_spooled(store)
    store.close()
    print(number, flush=True)
"""


def test_kill_at_random_points(tmp_path: Path) -> None:
    """SIGKILLs in writes: every stored run is whole, and what waits is absorbed by the next."""
    state = State(tmp_path)
    store = open_store(state.store)
    write(store, run(good(checks=200), key="first"))
    store.close()
    chance = Random(SEED)  # noqa: S311  # points that a failure can be tried again at
    for point in range(POINTS):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(1 + point * 1000)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
        )
        assert writer.stdout is not None
        # From the first stored run on, it is always somewhere in a write.
        writer.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.15))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        _is_whole(state)


def _is_whole(state: State) -> None:
    store = open_store(state.store)
    state.import_spooled(store)
    with store.reading() as db:
        sound = db.exec_driver_sql("PRAGMA integrity_check").scalar()
        last, key = db.execute(select(runs.c.id, runs.c.key).order_by(runs.c.id.desc()).limit(1)).one()
        counted = select(periods.c.outcome, func.count()).where(periods.c.until.is_(None)).group_by(periods.c.outcome)
        open_periods = {row[0]: row[1] for row in db.execute(counted)}
    found = {one.outcome for one in fleet_now(store, START) if one.node != "fleet"}
    store.close()
    odd = key == "first" or int(key[1:]) % 2 == 1

    assert "ok" == sound
    assert [] == list(state.waiting.glob("*.json"))
    # 400 checks, and the two answers of the fleet: all of one kind, never a mixture.
    assert ({"pass": 402} if odd else {"pass": 2, "fail": 400}) == open_periods, last
    assert 1 == len(found)
