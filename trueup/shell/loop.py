"""The one event loop of the process, in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
Starter = Callable[[Callable[[], None]], object]


def _in_thread(run: Callable[[], None]) -> object:
    thread = threading.Thread(target=run, name="trueup-shell", daemon=True)
    thread.start()
    return thread


class _Loop:
    """Started on first use, because a process that opens no shell needs none."""

    def __init__(self) -> None:
        self.start: Starter = _in_thread
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def get(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                loop = asyncio.new_event_loop()
                self.start(loop.run_forever)
                self._loop = loop
            return self._loop


_LOOP = _Loop()


def start_with(starter: Starter) -> None:
    """Let `starter` give the loop its thread: gevent patches threads into greenlets, where no loop can run."""
    _LOOP.start = starter


def spawn(coroutine: Coroutine[Any, Any, T]) -> Future[T]:
    """Run it in the loop; the future is for any other thread."""
    return asyncio.run_coroutine_threadsafe(coroutine, _LOOP.get())


def call(function: Callable[..., object], *arguments: object) -> None:
    """Call it in the loop, soon, without waiting."""
    _LOOP.get().call_soon_threadsafe(function, *arguments)
