"""The lab's mirror: a server on the bridge's address, with a folder for each instance that tests may damage."""

import os
import shutil
import signal
import subprocess
import sysconfig
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, sleep

from lab import stacks
from lab.errors import LabError
from lab.instance import MIRROR_PORT, Instance
from lab.paths import cache_root
from lab.stacks import LabStack

START_DEADLINE = 20.0  # seconds
STOP_DEADLINE = 10.0
LOG = "mirror.log"


def shared_root(stack: LabStack) -> Path:
    """Return the folder with files/, conda/, apt/, yum/ that all instances of a stack draw from."""
    return cache_root() / stack.mirror


def root_of(instance: Instance) -> Path:
    """Return the folder that the instance serves: links, so that a test may damage one of them."""
    return instance.state / "mirror"


def link(instance: Instance) -> None:
    """Lay the instance's folder out as shared_root() is, and undo what a test did to it.

    Each file of files/ is a link, every other entry one link as a whole; what is right stays untouched, so
    that nobody who is fetching it notices.
    """
    wanted: dict[Path, Path] = {}
    shared = shared_root(stacks.of(instance.shape))
    for entry in shared.iterdir() if shared.is_dir() else []:
        if entry.name != "files":
            wanted[Path(entry.name)] = entry
            continue
        wanted.update({Path("files", file.name): file.resolve() for file in entry.iterdir()})
    root = root_of(instance)
    (root / "files").mkdir(parents=True, exist_ok=True)
    there = [*root.iterdir(), *(root / "files").iterdir()]
    for path in (path for path in there if path != root / "files"):
        if not path.is_symlink() or wanted.get(path.relative_to(root)) != path.readlink():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    for name, target in wanted.items():
        if not (root / name).is_symlink():
            (root / name).symlink_to(target)


def command(instance: Instance) -> list[str]:
    """Return the server's command line, which also tells its process from all others."""
    trueup = Path(sysconfig.get_path("scripts")) / "trueup"
    address = ["--host", instance.gateway, "--port", str(MIRROR_PORT)]
    return [str(trueup), "mirror", "serve", "--root", str(root_of(instance)), *address]


def processes(instance: Instance) -> list[int]:
    """Return the process ids of the instance's servers, from all runs."""
    own = command(instance)[1:]
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # it ended while we looked
        if words[-len(own) - 1 : -1] == own:
            found.append(int(folder.name))
    return found


def missing(instance: Instance) -> str:
    """Return why the mirror does not answer at its address; "" when it does."""
    connection = HTTPConnection(instance.gateway, MIRROR_PORT, timeout=3)
    try:
        connection.request("GET", "/files/")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return "" if status == 200 else f"HTTP {status}"


def serve(instance: Instance) -> None:
    """Leave exactly one server answering; raises LabError with the server's own words."""
    if len(processes(instance)) == 1 and not missing(instance):
        return
    stop(instance)
    log = instance.state / LOG
    with log.open("wb") as output:
        server = subprocess.Popen(
            command(instance),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
        )
    limit = monotonic() + START_DEADLINE
    while found := missing(instance):
        if monotonic() > limit or server.poll() is not None:
            raise LabError(
                "start the mirror",
                expected=f"{instance.mirror_url} to answer within {START_DEADLINE:.0f} s",
                actual=f"{found}; {log.read_text().strip()[-800:]}",
                remedy=f"see {log}, then run `trueup lab up` again",
            )
        sleep(0.1)


def stop(instance: Instance) -> None:
    """End the instance's servers; by force after STOP_DEADLINE seconds."""
    limit = monotonic() + STOP_DEADLINE
    word = signal.SIGTERM
    while running := processes(instance):
        for process in running:
            _tell(process, word)
        if monotonic() > limit:
            word = signal.SIGKILL
        sleep(0.1)


def _tell(process: int, word: signal.Signals) -> None:
    try:
        os.kill(process, word)
    except ProcessLookupError:
        return  # it ended by itself
