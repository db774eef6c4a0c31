"""Serve a folder to the nodes, bound to exactly the given address."""

import asyncio
import errno
import signal
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from trueup.mirror.errors import MirrorError

_ROOT = web.AppKey("root", Path)


def _listing(folder: Path, shown: str) -> web.Response:
    names = sorted(entry.name + ("/" if entry.is_dir() else "") for entry in folder.iterdir())
    links = "".join(f'<li><a href="{escape(quote(name))}">{escape(name)}</a></li>\n' for name in names)
    head = f"<!DOCTYPE html>\n<html><head><title>{escape(shown)}</title></head><body><ul>\n"
    page = f"{head}{links}</ul></body></html>\n"
    return web.Response(text=page, content_type="text/html")


async def _answer(request: web.Request) -> web.StreamResponse:
    root = request.app[_ROOT]
    # Requests with parent folders are refused; links that leave the root are how files get in.
    parts = [part for part in request.match_info["path"].split("/") if part not in ("", ".")]
    if ".." in parts or "\0" in request.match_info["path"]:
        raise web.HTTPNotFound
    path = root.joinpath(*parts)
    if path.is_dir():
        if not request.path.endswith("/"):
            raise web.HTTPMovedPermanently(request.path + "/")
        return await asyncio.to_thread(_listing, path, request.path)
    if not path.is_file() or path.name.endswith(".part"):
        raise web.HTTPNotFound(text=f"404: {request.path} is not in this mirror\n")
    return web.FileResponse(path, chunk_size=1 << 20)


def application(root: Path) -> web.Application:
    """The server of all below `root`: GET and HEAD, ranges, HTML listings that pip and uv read as links."""
    app = web.Application()
    app[_ROOT] = root
    app.router.add_get("/{path:.*}", _answer)
    return app


def _cannot_listen(host: str, port: int, error: OSError) -> MirrorError:
    todo = {
        errno.EADDRINUSE: f"stop what listens there (`ss -ltnp 'sport = :{port}'`), or give another --port",
        errno.EADDRNOTAVAIL: "give an address of this machine (`ip -br addr`)",
        errno.EACCES: "give a --port of 1024 or more",
    }
    return MirrorError(
        step=f"serve on {host}:{port}",
        expected="an address and port that are free on this machine",
        actual=error.strerror or str(error),
        remedy=todo.get(error.errno or 0, "give another --host or --port"),
    )


async def _serve(root: Path, host: str, port: int, ready: Callable[[str], None]) -> None:
    runner = web.AppRunner(application(root), access_log=None, handle_signals=False, shutdown_timeout=2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, reuse_address=True)
        try:
            await site.start()
        except OSError as error:
            raise _cannot_listen(host, port, error) from error
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        server = runner.addresses[0]
        ready(f"http://{server[0]}:{server[1]}")
        await stop.wait()
    finally:
        await runner.cleanup()


def serve(root: Path, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve `root` on host:port until SIGINT or SIGTERM; `ready` gets the URL once it listens.

    port 0 takes a free one. MirrorError if root is no folder or the port cannot be listened on.
    """
    if not root.is_dir():
        raise MirrorError(step="serve", expected=f"the folder {root}", actual="no such folder", remedy="correct --root")
    asyncio.run(_serve(root, host, port, ready))
