"""After the look: the record is kept, stored, and told; in that order, so that no later step loses an earlier one."""

import time
from dataclasses import dataclass, field

from trueup.drift.record import Run
from trueup.drift.state import State
from trueup.drift.store import Store, StoreError, open_store
from trueup.drift.store.reading import Now, fleet_now


@dataclass(frozen=True)
class Finished:
    """stored: whether the history has the run. since: of what is not in order, by (node, name). told: for people."""

    stored: bool
    stale: tuple[Now, ...] = ()
    since: dict[tuple[str, str], float] = field(default_factory=dict)
    told: tuple[str, ...] = ()


def finish(state: State, run: Run) -> Finished:
    """Keep the run, store it with whatever waited before it, and send what is to be told."""
    try:
        state.keep(run)
    except OSError as error:
        return Finished(False, told=(f"{state.waiting}: the record could not be kept: {error.strerror}; make room",))
    try:
        store = open_store(state.store)
    except StoreError as error:
        return Finished(False, told=(str(error),))
    try:
        _, told = state.absorb(store)
        return _told(state, store, run, told)
    except (StoreError, OSError) as error:
        return Finished(False, told=(str(error),))
    finally:
        store.close()


def _told(state: State, store: Store, run: Run, told: list[str]) -> Finished:
    now = fleet_now(store, time.time())
    asked = {(item.node, item.name) for item in run.items if item.outcome is not None}
    stale = tuple(one for one in now if one.stale and (one.node, one.name) not in asked and _in_scope(one, run))
    since = {(one.node, one.name): one.since for one in now if one.since is not None}
    return Finished(True, stale, since, tuple(told))


def _in_scope(one: Now, run: Run) -> bool:
    return (not run.only or one.node in run.only) and (not run.rooms or one.room in run.rooms)
