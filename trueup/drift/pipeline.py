"""After the look: the record is kept, stored, and told; in that order, so that no later step loses an earlier one."""

import os
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from trueup.drift.model import Run
from trueup.drift.notify.digest import digest
from trueup.drift.notify.outbox import deliver
from trueup.drift.notify.send import send
from trueup.drift.notify.settings import BadSettings, read_settings
from trueup.drift.state_dir import State
from trueup.drift.store import Store, StoreError, open_store
from trueup.drift.store.current import CurrentItem, fleet_now


@dataclass(frozen=True)
class PipelineResult:
    """stored: whether the history has the run. since: of what is not in order, by (node, name). told: for people."""

    stored: bool
    stale: tuple[CurrentItem, ...] = ()
    since: dict[tuple[str, str], float] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    now: tuple[CurrentItem, ...] = ()


def finish(state: State, run: Run) -> PipelineResult:
    """Keep the run, store it with whatever waited before it, and send what is to be told."""
    try:
        state.keep(run)
    except OSError as error:
        return PipelineResult(
            False, told=(f"{state.waiting}: the record could not be kept: {error.strerror}; make room",)
        )
    try:
        store = open_store(state.store)
    except StoreError as error:
        return PipelineResult(False, told=(str(error),))
    try:
        _, told = state.absorb(store)
        return _told(state, store, run, told)
    except (StoreError, OSError) as error:
        return PipelineResult(False, told=(str(error),))
    finally:
        store.close()


def _told(state: State, store: Store, run: Run, told: list[str]) -> PipelineResult:
    now = fleet_now(store, time.time())
    told = [*told, *tell(state, store, now)]
    asked = {(item.node, item.check) for item in run.items if item.outcome is not None}
    stale = tuple(one for one in now if one.stale and (one.node, one.check) not in asked and _in_scope(one, run))
    since = {(one.node, one.check): one.since for one in now if one.since is not None}
    return PipelineResult(True, stale, since, tuple(told), now)


def tell(state: State, store: Store, items: tuple[CurrentItem, ...]) -> list[str]:
    """Send what waits in the outbox, and the day's digest; what went wrong. Raises StoreError."""
    # Quiet hours are those of the people here, so this machine's own time zone counts.
    here = datetime.now().astimezone().replace(tzinfo=None)
    try:
        settings = read_settings(settings_file())
    except BadSettings as error:
        return [str(error)]
    _, wrong = deliver(store, settings, here)
    return wrong + digest(settings, state.folder / "digest.json", here, items, send)


def settings_file() -> Path:
    """TRUEUP_TELL names it; else the operator's own."""
    config = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(os.environ.get("TRUEUP_TELL") or f"{config}/trueup/tell.toml").expanduser()


def _in_scope(one: CurrentItem, run: Run) -> bool:
    return (not run.only or one.node in run.only) and (not run.components or one.component in run.components)
