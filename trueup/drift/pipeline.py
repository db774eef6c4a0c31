"""After a run: spool the record, import it into the history, notify.

In this order a failure never loses the data of the step before.
"""

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
    """What became of a run's record."""

    stored: bool
    """Whether the history has the run."""
    stale: tuple[CurrentItem, ...] = ()
    """Items whose last result is too old."""
    since: dict[tuple[str, str], float] = field(default_factory=dict)
    """Since when an item has its outcome, by node and check."""
    messages: tuple[str, ...] = ()
    """Lines for the terminal."""
    now: tuple[CurrentItem, ...] = ()
    """Every item as the history has it."""


def run_pipeline(state: State, run: Run) -> PipelineResult:
    """Spool the run, import all that is spooled, and notify."""
    try:
        state.spool(run)
    except OSError as error:
        return PipelineResult(
            False, messages=(f"{state.waiting}: the record could not be kept: {error.strerror}; make room",)
        )
    try:
        store = open_store(state.store)
    except StoreError as error:
        return PipelineResult(False, messages=(str(error),))
    try:
        _, messages = state.import_spooled(store)
        return _import_and_notify(state, store, run, messages)
    except (StoreError, OSError) as error:
        return PipelineResult(False, messages=(str(error),))
    finally:
        store.close()


def _import_and_notify(state: State, store: Store, run: Run, messages: list[str]) -> PipelineResult:
    now = fleet_now(store, time.time())
    messages = [*messages, *notify(state, store, now)]
    covered = {(item.node, item.check) for item in run.items if item.outcome is not None}
    stale = tuple(one for one in now if one.stale and (one.node, one.check) not in covered and _in_scope(one, run))
    since = {(one.node, one.check): one.since for one in now if one.since is not None}
    return PipelineResult(True, stale, since, tuple(messages), now)


def notify(state: State, store: Store, items: tuple[CurrentItem, ...]) -> list[str]:
    """Send the outbox and the day's digest, and return what went wrong.

    Raises:
        StoreError: The history cannot be read or written.
    """
    # Quiet hours are those of the people here, so this machine's own time zone counts.
    local = datetime.now().astimezone().replace(tzinfo=None)
    try:
        settings = read_settings(settings_path())
    except BadSettings as error:
        return [str(error)]
    _, wrong = deliver(store, settings, local)
    return wrong + digest(settings, state.folder / "digest.json", local, items, send)


def settings_path() -> Path:
    """Return the file that TRUEUP_NOTIFY names, or the operator's own."""
    config = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(os.environ.get("TRUEUP_NOTIFY") or f"{config}/trueup/notify.toml").expanduser()


def _in_scope(one: CurrentItem, run: Run) -> bool:
    return (not run.only or one.node in run.only) and (not run.components or one.component in run.components)
