"""A wide-area link in user space: every byte arrives later, in order, in both directions."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_READ = 1 << 16


@contextmanager
def delayed(host: str, port: int, seconds: float, here: str) -> Iterator[int]:
    """A port of that loopback address, leading to the server; a round trip takes ``seconds`` more, half each way."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        asyncio.start_server(lambda r, w: _serve(r, w, host, port, seconds / 2), here, 0, backlog=1024)
    )
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int, late: float) -> None:
    there_reader, there_writer = await asyncio.open_connection(host, port)
    await asyncio.gather(_carry(reader, there_writer, late), _carry(there_reader, writer, late))


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, late: float) -> None:
    """Bytes keep their order, and do not wait for one another: a link has a delay, not a rate."""
    loop = asyncio.get_running_loop()
    while data := await reader.read(_READ):
        loop.call_later(late, writer.write, data)
    done = loop.create_future()
    loop.call_later(late, done.set_result, None)
    await done
    with suppress(OSError):
        writer.close()
        await writer.wait_closed()
