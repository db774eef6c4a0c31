"""Write files whole, and lock them. Imports nothing of trueup."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_atomic(path: Path, text: str, mode: int = 0o600) -> None:
    """Write the whole file or none of it, on the disk when this returns.

    Args:
        path: Its folder is made, for the owner alone, where it does not exist.
        text: The new content.
        mode: The file's permissions, whatever the umask.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with fresh.open("w", encoding="utf-8") as file:
        fresh.chmod(mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the file's lock, which ends with the process.

    Args:
        path: The lock file; it stays.
        wait: Whether to wait for another holder.

    Raises:
        BlockingIOError: Another process holds the lock, and `wait` is false.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
