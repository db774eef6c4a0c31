"""Write one JSON record per process, whatever ends it except SIGKILL. Runs on a node."""

from __future__ import annotations

import faulthandler
import fcntl
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

MARK = "@trueup-record "
_LAST_RESORT_S = 2.0
EXIT_INTERRUPTED = 70  # sysexits.h, EX_SOFTWARE: no other process of the job exits with it


class ResultWriter:
    """Collect the facts of one process by name; leaving the block writes them, with any error."""

    def __init__(self, kind: str, lock: str, out: int, **facts: Any) -> None:
        """Lock: a file that all writers to the same stream can open; out: the descriptor written to."""
        self.facts: dict[str, Any] = {"kind": kind, "pid": os.getpid(), "error": None, "steps": [], **facts}
        self._lock, self._out = lock, out
        self._once = threading.Lock()
        self._written = False
        self._since = time.monotonic()

    def step(self, name: str) -> None:
        """Start a step, and keep the seconds of the one before."""
        now = time.monotonic()
        if self.facts["steps"]:
            self.facts["steps"][-1][1] = round(now - self._since, 4)
        self._since = now
        self.facts["steps"].append([name, None])

    @property
    def at(self) -> str:
        """The step that the process is at."""
        return str(self.facts["steps"][-1][0]) if self.facts["steps"] else "start"

    def write(self, error: str | None) -> None:
        """Write the record, once; a later call does nothing."""
        with self._once:
            if self._written:
                return
            self._written = True
            if error is not None:
                self.facts["error"] = f"in step {self.at}: {error}"
            elif self.facts["steps"]:
                self.facts["steps"][-1][1] = round(time.monotonic() - self._since, 4)
            self._emit(("\n" + MARK + json.dumps(self.facts) + "\n").encode())

    def _emit(self, line: bytes) -> None:
        # A line longer than PIPE_BUF may be torn by another writer to the same pipe (pipe(7)).
        with Path(self._lock).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            while line:
                line = line[os.write(self._out, line) :]

    def __enter__(self) -> ResultWriter:
        """Return the writer."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the record; an error is raised further."""
        self.write(None if error is None else f"{type(error).__name__}: {error}")


def guard(record: ResultWriter, deadline_s: float) -> None:
    """Write the record and end the process on SIGTERM or after deadline_s.

    A thread waits for the signal, since a handler would not run while a collective is stuck in C++.
    """
    # A process that began too late still says so.
    deadline_s = max(0.0, deadline_s)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})

    def wait() -> None:
        got = signal.sigtimedwait({signal.SIGTERM}, deadline_s)
        record.write(
            "was told to end (SIGTERM)" if got else f"the deadline passed, {deadline_s:.1f} s after this process began"
        )
        os._exit(EXIT_INTERRUPTED)

    threading.Thread(target=wait, daemon=True).start()
    # Should a thread hang in C++ with the interpreter's lock held, no other one can write: this one is in C.
    faulthandler.dump_traceback_later(deadline_s + _LAST_RESORT_S, exit=True)


def as_rank(kind: str, run: Callable[[dict[str, Any], ResultWriter], None], *also: str, **facts: Any) -> None:
    """Run one rank with the settings of the last argument, and end the process.

    also: further settings that the record always names. The record has a stream of its own, apart from everything
    that libraries print.
    """
    settings = json.loads(sys.argv[-1])
    out = os.dup(1)
    os.dup2(2, 1)
    facts.update({name: settings[name] for name in ("node", "backend", *also)})
    facts.update(rank=int(os.environ["RANK"]), world=int(os.environ["WORLD_SIZE"]))
    with ResultWriter(kind, settings["bundle"], out, **facts) as record:
        guard(record, settings["until"] - time.monotonic())
        run(settings, record)
    # Gloo's destructor can wait for ever with the interpreter's lock held (pytorch/pytorch #56297; seen in one
    # of ten runs with torch 2.0.1), and after the last barrier there is nothing left to wait for.
    os._exit(0)
