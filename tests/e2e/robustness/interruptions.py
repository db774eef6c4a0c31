"""The ways in which a converge is cut off, and when."""

import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from random import Random

from lab import outages
from lab.node import LabNode
from tests.e2e.conftest import INVENTORY, ROOT, Pair
from tests.e2e.machines import node as machine

# Components in their order, each with operations that the drift below makes pending.
OPERATIONS: dict[str, tuple[str, ...]] = {
    "access": (".ssh of train", "key of train", "authorized keys of root", "pinned host keys", "names"),
    "host": ("packages", "limits", "shared memory"),
    "time": ("service",),
    "package repository": ("NVIDIA's packages",),
    "driver": ("nouveau denied", "held from upgrades", "persistence daemon"),
    "cuda": ("link", "CUDA_HOME and PATH", "start-up files"),
    "conda": ("conda init for root", "conda init for train"),
    "env": ("wheels of dis", "leftovers"),
    "deepspeed": ("DeepSpeed 0.14.5", "hostfile", ".deepspeed_env of train"),
    "nccl": ("nccl.conf", "Gloo's interface"),
}
# The folder whose disk is full when the operation writes.
FOLDERS = {
    "authorized keys of root": "/root/.ssh",
    "pinned host keys": "/etc/ssh",
    "limits": "/etc/security/limits.d",
    "NVIDIA's packages": "/etc/apt/sources.list.d",
    "nouveau denied": "/etc/modprobe.d",
    "CUDA_HOME and PATH": "/etc/profile.d",
    "conda init for train": "/home/train",
    "wheels of dis": "/var/cache/trueup",
    "hostfile": "/job",
}
KINDS = ("kill", "kill", "power", "power", "network", "disk")
INTERRUPTIONS_A_CHAIN = 5
# After these little may be left to do: on an idle machine a run ended 0.2 s after deepspeed's last operation had begun,
# and, where an earlier run of the chain had done the rest, within 0.3 s of the wheels' leftovers.
LATEST_S = {"leftovers": 0.0, **dict.fromkeys((*OPERATIONS["deepspeed"], *OPERATIONS["nccl"]), 0.0)}


@dataclass(frozen=True)
class Interruption:
    """One interruption: at the start of an operation or delay_s after it; kind: of KINDS."""

    component: str
    operation: str
    kind: str
    delay_s: float

    def __str__(self) -> str:
        return f"{self.kind} {self.delay_s:.1f} s into {self.component} | {self.operation}"


def chain(seed: int) -> tuple[Interruption, ...]:
    """Five cuts in five components, in the order of the components; twelve chains go over every component six times."""
    rng = Random(seed)  # noqa: S311 -- a plan that can be repeated, no secret
    components = list(OPERATIONS)
    at = sorted({(seed * INTERRUPTIONS_A_CHAIN + step) % len(components) for step in range(INTERRUPTIONS_A_CHAIN)})
    return tuple(_interruption(components[place], rng) for place in at)


def _interruption(component: str, rng: Random) -> Interruption:
    operation, kind = rng.choice(OPERATIONS[component]), rng.choice(KINDS)
    if kind == "disk" and operation not in FOLDERS:
        kind = "kill"
    late = 0.0 if component == "nccl" or kind == "disk" or rng.random() < 0.5 else rng.uniform(0.05, 1.0)
    return Interruption(component, operation, kind, min(late, LATEST_S.get(operation, late)))


def fill(node: LabNode, folder: str) -> None:
    """Let the folder lie on a disk of its own, with its files and without a free byte."""
    node.execute(
        f"set -eu; mkdir -p {folder}; t=$(mktemp -d); cp -a {folder}/. $t/; o=$(stat -c %u:%g {folder}); "
        f"m=$(stat -c %a {folder}); mount -t tmpfs -o size=2m,mode=$m full {folder}; chown $o {folder}; "
        f"cp -a $t/. {folder}/; rm -rf $t; cd {folder}; dd if=/dev/zero of=.fill bs=4k 2>/dev/null || test -s .fill"
    )


def free(node: LabNode, folder: str) -> None:
    """The disk below comes back, as it was."""
    node.execute(f"umount {folder}")


@dataclass
class Running:
    """A converge that is under way, and what it has said."""

    process: "subprocess.Popen[str]"
    lines: list[str] = field(default_factory=list)

    def until(self, words: str) -> bool:
        """Read on until a line has these words; False where the run ended before."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)
            if words in line:
                return True
        return False

    def rest(self, deadline_s: float) -> int:
        """Read to the end; its exit status. Raises TimeoutExpired."""
        reader = threading.Thread(target=self.until, args=("\0",), daemon=True)
        reader.start()
        status = self.process.wait(deadline_s)
        reader.join(deadline_s)
        return status


def start(pair: Pair) -> Running:
    """The user's own command."""
    process = subprocess.Popen(
        ["pyinfra", "-y", INVENTORY, "deploy/site.py"],
        cwd=ROOT,
        env=pair.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    return Running(process)


def strike(pair: Pair, interruption: Interruption) -> Running:
    """Converge, and cut it off there; afterwards node, network and disk are back, and the run has ended."""
    node = machine(pair, "node1")
    if interruption.kind == "disk":
        fill(node, FOLDERS[interruption.operation])
    run = start(pair)
    try:
        assert run.until(f"Starting operation: {interruption.component} | {interruption.operation}"), "".join(
            run.lines[-15:]
        )
        time.sleep(interruption.delay_s)
        assert run.process.poll() is None, f"{interruption}: the run had ended: {''.join(run.lines[-15:])}{run.rest(5)}"
        _do(node, interruption, run)
        run.rest(300)
    finally:
        if interruption.kind == "network":
            outages.clear(node)
        if interruption.kind == "disk":
            free(node, FOLDERS[interruption.operation])
        if run.process.poll() is None:
            os.killpg(run.process.pid, signal.SIGKILL)
    return run


def _do(node: LabNode, interruption: Interruption, run: Running) -> None:
    if interruption.kind == "kill":
        os.killpg(run.process.pid, signal.SIGKILL)
    elif interruption.kind == "power":
        outages.power_off(node)
        node.start()
        node.await_ready()
    elif interruption.kind == "network":
        outages.drop_peer(node, node.instance.gateway)
