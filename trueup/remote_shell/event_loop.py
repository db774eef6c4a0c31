"""The one event loop of the process, in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
Starter = Callable[[], asyncio.AbstractEventLoop]


def serve(
    started: "Future[asyncio.AbstractEventLoop]", executor: Callable[[], ThreadPoolExecutor] | None = None
) -> None:
    """Run a loop in this thread for the rest of the process; `started` gets it."""
    loop = asyncio.new_event_loop()
    if executor is not None:
        loop.set_default_executor(executor())
    loop.call_soon(started.set_result, loop)
    loop.run_forever()


def _in_thread() -> asyncio.AbstractEventLoop:
    started: Future[asyncio.AbstractEventLoop] = Future()
    threading.Thread(target=serve, args=(started,), name="trueup-shell", daemon=True).start()
    return started.result()


class _Loop:
    """Started on first use, because a process that opens no shell needs none."""

    def __init__(self) -> None:
        self.start: Starter = _in_thread
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def get(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = self.start()
            return self._loop


_LOOP = _Loop()


def start_with(starter: Starter) -> None:
    """Let `starter` start the loop: gevent turns threads into greenlets, where no loop can run."""
    _LOOP.start = starter


def spawn(coroutine: Coroutine[Any, Any, T]) -> Future[T]:
    """Run it in the loop; the future is for any other thread."""
    return asyncio.run_coroutine_threadsafe(coroutine, _LOOP.get())


def call(function: Callable[..., object], *arguments: object) -> None:
    """Call it in the loop, soon, without waiting."""
    _LOOP.get().call_soon_threadsafe(function, *arguments)
