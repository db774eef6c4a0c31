"""Keep drift's state: the spool, the lock, the stamp and the store's address."""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from trueup.drift.model import Run
from trueup.files import locked, write_atomic

if TYPE_CHECKING:
    from trueup.drift.store import Store
    from trueup.drift.store.import_run import ImportResult

# A look's own folder begins so.
SCRATCH_PREFIX = "scratch-"


class AlreadyRunning(Exception):
    """Another drift run of this inventory has not ended."""


@dataclass(frozen=True)
class State:
    """The folder of one inventory. waiting/: records that are not in the store yet; stamp: of the last stored run."""

    folder: Path
    url: str | None = None

    @property
    def store(self) -> str:
        """A path, or the SQLAlchemy URL that TRUEUP_STORE names."""
        return self.url or str(self.folder / "history.sqlite")

    @property
    def stamp(self) -> Path:
        """Its age tells the next layer whether drift still runs: the dead man's handle."""
        return self.folder / "stamp.json"

    @property
    def waiting(self) -> Path:
        """Records that could not be stored."""
        return self.folder / "waiting"

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the run's lock, which ends with the process. Raises AlreadyRunning."""
        with ExitStack() as stack:
            try:
                stack.enter_context(locked(self.folder / "lock", wait=False))
            except BlockingIOError as error:
                raise AlreadyRunning(f"{self.folder}: another run has not ended; wait for it, or end it") from error
            for left in self.folder.glob(f"{SCRATCH_PREFIX}*"):
                # Of a run that was killed while it looked: its children may still write there, to no effect.
                shutil.rmtree(left, ignore_errors=True)
            yield

    def spool(self, run: Run) -> None:
        """Put a record where a later run finds it, before anything is done with it."""
        write_atomic(self._file(run), run.model_dump_json())

    def _file(self, run: Run) -> Path:
        return self.waiting / f"{run.started:017.3f}-{run.key}.json"

    def import_spooled(self, store: "Store") -> tuple[dict[str, "ImportResult"], list[str]]:
        """Bring every waiting record into the store, the oldest first, and refresh the stamp.

        What was written by key of the run, and what is to be told. Raises StoreError; the rest waits on.
        """
        # SQLAlchemy takes longer to read than all else that a look needs before its first question.
        from trueup.drift.store.import_run import write

        done: dict[str, ImportResult] = {}
        told: list[str] = []
        for half in self.waiting.glob(".*"):
            # Of a run that was killed while it wrote; whoever writes holds the lock, and that is this run.
            half.unlink()
        for path in sorted(self.waiting.glob("*.json")):
            try:
                run = Run.model_validate_json(path.read_bytes())
            except ValidationError as error:
                aside = path.with_suffix(".unreadable")
                path.replace(aside)
                told.append(
                    f"{aside}: no record of this version of trueup ({error.error_count()} mistakes); left there"
                )
                continue
            done[run.key] = write(store, run)
            path.unlink()
            write_atomic(self.stamp, json.dumps({"key": run.key, "started": run.started, "stored": time.time()}))
        return done, told


def state_of(inventory: Path) -> State:
    """TRUEUP_DRIFT names the folder, TRUEUP_STORE a database of the site; else a folder for each inventory file."""
    url = os.environ.get("TRUEUP_STORE")
    named = os.environ.get("TRUEUP_DRIFT")
    if named:
        return State(Path(named), url)
    home = Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser()
    path = inventory.expanduser().resolve()
    name = f"{path.parent.name}-{path.stem}-{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    return State(home / "trueup" / "drift" / name, url)
