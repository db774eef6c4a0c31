"""The shell under gevent, which pyinfra's command line patches threads and sockets with."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from gevent import get_hub
from gevent.event import Event
from gevent.monkey import get_original, is_module_patched

from trueup.remote_shell import event_loop

T = TypeVar("T")
P = ParamSpec("P")


class _Inline(ThreadPoolExecutor):
    """Does in the loop's own thread what is asked of it: reading ssh_config, looking up a name."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """The result, or the exception, in a future that is done."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001  # kept for whoever awaits it, as every executor does
            future.set_exception(error)
        return future


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
    get_original("_thread", "start_new_thread")(event_loop.serve, (started, _Inline))
    return wait(started)


def give_the_loop_a_thread() -> None:
    """Where gevent has turned threads into greenlets, start the loop in a real one: no asyncio loop runs otherwise."""
    if is_module_patched("threading"):
        # Now, because an import takes locks, and gevent's are not for the loop's real thread.
        import trueup.remote_shell.ssh  # noqa: F401

        event_loop.start_with(_in_native_thread)
