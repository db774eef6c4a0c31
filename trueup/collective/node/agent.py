"""Run the job's ranks on one node: a lock, a launcher, a deadline, and no process left at the end.

Runs on a node, with the standard library only. Leaves nothing there: the code lies in an unlinked file,
the launcher writes into a folder that goes with it, and the lock is taken on the environment's own folder.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from trueup.collective.node import gpu_monitor
from trueup.collective.node.reap import VARIABLE, reap
from trueup.collective.node.result_writer import ResultWriter

# Seconds before the deadline at which a rank writes what it has; on a busy machine that takes a while.
TO_WRITE_S = 3.0


class BusyError(RuntimeError):
    """Another job runs on this node."""


class InterruptedJob(RuntimeError):
    """A signal or the deadline ended the job."""


def command(settings: dict[str, Any], bundle: str, log_dir: str, until: float) -> list[str]:
    """Return the command that starts the ranks: torchrun, or for a training step DeepSpeed's own launcher."""
    job = {**settings["job"], "node": settings["node"], "bundle": bundle, "until": until - TO_WRITE_S}
    if job["program"] == "training_job":
        rendezvous = {"master_address": settings["master_address"], "port": settings["port"]}
        return [sys.executable, bundle, json.dumps({**rendezvous, "job": job, "program": "deepspeed_launcher"})]
    return [*torchrun(settings, log_dir), bundle, json.dumps(job)]


def torchrun(settings: dict[str, Any], log_dir: str) -> list[str]:
    """Return torchrun's command with the static rendezvous, which needs one declared port only.

    torchrun's c10d rendezvous finds its host by name resolution and takes a second, ephemeral port for the
    workers (torch 2.0.1, elastic/agent/server/api.py).
    """
    words = [sys.executable, "-m", "torch.distributed.run"]
    words += ["--nnodes", str(settings["nodes"]), "--node-rank", str(settings["node_rank"])]
    words += ["--nproc-per-node", str(settings["job"]["ranks_per_node"])]
    words += ["--master-addr", settings["master_address"], "--master-port", str(settings["port"])]
    # By itself torch 2.0.1 looks only every 5 s whether a rank has ended.
    words += ["--monitor-interval", "0.2", "--log-dir", log_dir]
    # Standard error through torchrun, with the rank before each line (torch.distributed.run, --tee).
    return [*words, "--tee", "2"] if settings["verbose"] else words


def environment(settings: dict[str, Any], scratch: str) -> dict[str, str]:
    """Return the node's environment with the interface named and all caches in the scratch folder.

    Where torch is not compiled, torchrun compiles it once for the ranks, into the scratch folder.
    """
    compiled = next(Path(sys.prefix).glob("lib/python3*/site-packages/torch/__pycache__/__init__.*.pyc"), None)
    cache = {"PYTHONDONTWRITEBYTECODE": "1"} if compiled else {"PYTHONPYCACHEPREFIX": scratch}
    return {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        **settings["environment"],
        "GLOO_SOCKET_IFNAME": settings["interface"],
        "NCCL_SOCKET_IFNAME": "=" + settings["interface"],
        **cache,
        "TMPDIR": scratch,
        # Importing DeepSpeed makes a folder for each of these.
        "TRITON_CACHE_DIR": scratch,
        "TORCH_EXTENSIONS_DIR": scratch,
        VARIABLE: settings["token"],
    }


def holder(descriptor: int) -> str:
    """Name the process that holds the lock on an open file, from /proc/locks (proc(5))."""
    inode = str(os.fstat(descriptor).st_ino)
    for line in Path("/proc/locks").read_text().splitlines():
        fields = line.split()
        if fields[1] == "FLOCK" and fields[-3].rsplit(":", 1)[-1] == inode:
            return f"process {fields[-4]}"
    return "a process that has just ended"


def lock(folder: str) -> int:
    """Lock the node for one job until the process ends; raises BusyError."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BusyError(f"another collective job holds the node ({holder(held)}); wait for it or end it") from None
    return held


def _on_signal(number: int, _frame: object) -> None:
    raise InterruptedJob(f"was told to end by signal {number}")


def _supervise(settings: dict[str, Any], bundle: str, scratch: str, until: float) -> int:
    child = subprocess.Popen(
        command(settings, bundle, scratch, until),
        env=environment(settings, scratch),
        cwd="/",
        stdin=subprocess.DEVNULL,
    )
    try:
        return child.wait(timeout=max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise InterruptedJob(f"the deadline of {settings['job']['deadline_s']} s passed") from None


def main(settings: dict[str, Any], bundle: str) -> int:
    """Run the launcher to its end or to the deadline; the exit status is 0 only if all ranks ended well."""
    until = time.monotonic() + settings["job"]["deadline_s"]
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _on_signal)
    scratch = tempfile.mkdtemp(prefix="trueup-")
    with ResultWriter("agent", bundle, 1, node=settings["node"], status=None, ended=[], load=None) as record:
        try:
            record.step("lock")
            held = lock(sys.prefix)
            record.step("ranks")
            monitor = gpu_monitor.start(bundle)
            try:
                record.facts["status"] = _supervise(settings, bundle, scratch, until)
            finally:
                record.facts["load"] = gpu_monitor.end(monitor)
            os.close(held)
        finally:
            record.facts["ended"] = reap(settings["token"])
            shutil.rmtree(scratch)
    return 0 if record.facts["status"] == 0 else 1
