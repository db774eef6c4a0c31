"""The shell under gevent, which pyinfra's command line patches threads and sockets with."""

import asyncio
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from gevent import get_hub
from gevent.event import Event
from gevent.monkey import get_original, is_module_patched
from gevent.threadpool import ThreadPoolExecutor

from trueup.shell import loop

T = TypeVar("T")


def wait(future: "Future[T]") -> T:
    """The future's result; other greenlets run meanwhile."""
    done = Event()
    watcher = get_hub().loop.async_()
    watcher.start(done.set)
    try:
        future.add_done_callback(lambda _: watcher.send())
        done.wait()
    finally:
        watcher.stop()
        watcher.close()
    return future.result()


def _in_native_thread() -> asyncio.AbstractEventLoop:
    started: Future[asyncio.AbstractEventLoop] = Future()
    # asyncio's own executor would make "threads" that are greenlets of that thread's hub; at exit Python joins
    # them from this one, and waits for ever.
    executor = partial(ThreadPoolExecutor, max_workers=4)
    get_original("_thread", "start_new_thread")(loop.serve, (started, executor))
    return wait(started)


def give_the_loop_a_thread() -> None:
    """Where gevent has turned threads into greenlets, start the loop in a real one: no asyncio loop runs otherwise."""
    if is_module_patched("threading"):
        loop.start_with(_in_native_thread)
