"""Every fault of a pair is detected, named with its node and cause, and over in time."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest

from lab import faults
from trueup.collective.examine import examine
from trueup.collective.plan import Job, Member

Members = Sequence[Member]
# What issue and design promise: no process left on any node by then.
GRACE_S = 30


@dataclass(frozen=True)
class Fault:
    """words: what the first reason must say; at: before the job, or in the midst of it."""

    name: str
    words: tuple[str, ...]
    outcome: str = "does-not-hold"
    put: Callable[[Any], None] = lambda _: None
    members: Callable[[Members], Members] = lambda members: members
    job: Callable[[Job], Job] = lambda job: job
    at: str = "before"


def on(name: str, script: str) -> Callable[[Any], None]:
    """Run a script on a node, past ssh."""
    return lambda lab: lab.nodes[name].execute(script)


OWN_NAME = (
    "cp /etc/hosts /root/hosts.kept; grep -vw node1 /root/hosts.kept >/etc/hosts; echo 127.0.1.1 node1 >>/etc/hosts"
)
KILL = "for d in /proc/[0-9]*; do if grep -qzs '^RANK=3$' $d/environ; then kill -9 ${d#/proc/}; fi; done"
C10D = "/opt/anaconda3/envs/dis/lib/python3.11/site-packages/torch/distributed/distributed_c10d.py"
WRONG = f"""cp -p {C10D} /root/c10d.kept; cat >>{C10D} <<'EOF'

_right = all_reduce


def all_reduce(tensor, *args, **kwargs):
    work = _right(tensor, *args, **kwargs)
    if __import__("os").environ.get("RANK") == "3":
        tensor.view(-1)[0] += 1
    return work
EOF
"""
VERSION = "/opt/anaconda3/envs/dis/lib/python3.11/site-packages/torch/version.py"
SMALL_SHM = "mount -o remount,size=16m /dev/shm"
OLDER = f"cp -p {VERSION} /root/version.kept; sed -i 's/2.0.1/2.0.0/' {VERSION}"
NCCL = "/opt/anaconda3/envs/dis/lib/python3.11/site-packages/nvidia/nccl/lib/libnccl.so.2"
OTHER = "/opt/other/libnccl.so.2"


def with_second(**changes: Any) -> Callable[[Members], Members]:
    """node2 as somebody declared it wrongly."""
    return lambda members: (members[0], replace(members[1], **changes))


def longer(job: Job) -> Job:
    """Long enough to be struck in the midst of a collective."""
    return replace(job, iterations=20_000, deadline_s=120)


def second(break_it: Callable[[Any], None]) -> Callable[[Any], None]:
    """One of the lab's faults, on node2."""
    return lambda lab: break_it(lab.nodes["node2"])


def nccl(job: Job) -> Job:
    """The same job as on real nodes."""
    return replace(job, backend="nccl")


def lose(lab: Any) -> None:
    """A twentieth of what node1 sends to node2."""
    faults.lose(lab.nodes["node2"], lab.nodes["node1"].instance.address("node1"), 0.05)


def drop_rendezvous(lab: Any) -> None:
    """The port that the job will use."""
    faults.drop_port(lab.nodes["node1"], 29500)


LOST = "could-not-look"
EPHEMERAL = (
    "iptables -w -N LAB-FAULT; iptables -w -I INPUT -j LAB-FAULT; "
    "iptables -w -A LAB-FAULT -p tcp --syn --dport 32768:60999 -j DROP"
)
PRELOAD = f"mkdir -p /opt/other; cp {NCCL} {OTHER}; echo other >>{OTHER}"
FAULTS = (
    Fault("own name is 127.0.1.1", ("node1", "names", "127.0.1.1"), put=on("node1", OWN_NAME)),
    Fault("rendezvous port dropped", ("node2 -> node1", "rendezvous port", "29500"), put=drop_rendezvous),
    Fault("ephemeral ports dropped one way", ("node1 -> node2", "ephemeral port"), put=on("node2", EPHEMERAL)),
    Fault("interface named wrongly", ("node2", "eth9", "no such interface"), members=with_second(interface="eth9")),
    Fault("MTU 1400 on one side", ("node2", "MTU 1400"), put=second(lambda node: faults.set_mtu(node, 1400))),
    Fault("five per cent of loss", ("node1", "packet loss"), put=lose),
    Fault("shared memory too small", ("node2", "shared memory", "16 MiB"), put=on("node2", SMALL_SHM)),
    Fault("fewer GPUs than declared", ("node2", "3 GPUs, as declared", "2 GPUs"), members=with_second(gpus=3)),
    Fault("nccl without CUDA", ("node1", "declares nccl", "no CUDA device"), job=nccl),
    Fault("another torch on one node", ("torch differs", "2.0.0", "node2"), put=on("node2", OLDER)),
    Fault(
        "another libnccl preloaded",
        ("libnccl differs", OTHER, "node2"),
        put=on("node2", PRELOAD),
        members=with_second(extra={"LD_PRELOAD": OTHER}),
    ),
    Fault("a wrong sum", ("node2: rank 3", "all_reduce", "first at 0"), put=on("node2", WRONG)),
    Fault("one rank killed", ("node2", "rank 3", "killed by signal 9"), put=on("node2", KILL), job=longer, at="midst"),
    Fault("one node paused", ("node2", "answer"), LOST, second(faults.pause), job=longer, at="midst"),
    Fault("one node powered off", ("node2",), LOST, second(faults.power_off), job=longer, at="midst"),
    Fault("interface down", ("node2",), LOST, second(faults.link_down), job=longer, at="midst"),
)
MEND = (
    "if [ -f /root/hosts.kept ]; then cat /root/hosts.kept >/etc/hosts; rm /root/hosts.kept; fi; "
    f"if [ -f /root/c10d.kept ]; then mv /root/c10d.kept {C10D}; fi; "
    f"if [ -f /root/version.kept ]; then mv /root/version.kept {VERSION}; fi; "
    "rm -rf /opt/other; mount -o remount,size=2g /dev/shm"
)


@pytest.fixture
def mended(lab: Any, pair: Any) -> Any:
    """The lab, made whole again afterwards whatever was put on it."""
    yield lab
    done = pair.run("trueup", "lab", "mend", "--no-mirror")
    assert done.rc == 0, done.err
    for node in lab.nodes.values():
        node.execute(MEND)


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_fault_is_named_and_over_in_time(mended: Any, members: Members, fault: Fault) -> None:
    """The first reason is the cause: a list of everything that failed afterwards helps nobody."""
    job = fault.job(mended.job)
    with ThreadPoolExecutor(1) as pool:
        if fault.at == "before":
            fault.put(mended)
            struck: Future[None] | None = None
        else:
            struck = pool.submit(_strike, mended, fault)
        since = time.monotonic()
        verdict = examine(fault.members(members), job)
        seconds = time.monotonic() - since
    if struck:
        struck.result()
    missing = [word for word in fault.words if word not in verdict.reasons[0]]

    assert (fault.outcome, []) == (verdict.outcome, missing), verdict.reasons
    assert seconds < job.deadline_s + GRACE_S
    _let_run(mended)
    # A node whose cable is pulled hears nothing of an end: its agent ends what it started by its own deadline.
    while any(mended.processes().values()) and time.monotonic() - since < job.deadline_s + GRACE_S:
        time.sleep(1)
    assert {"node1": 0, "node2": 0} == mended.processes()


def _strike(lab: Any, fault: Fault) -> None:
    lab.await_ranks("node2")
    time.sleep(4)
    fault.put(lab)


def _let_run(lab: Any) -> None:
    # A node that is frozen or off has no process that runs; it must not have one either when it is back.
    for node in lab.nodes.values():
        if node.state() == "paused":
            node.podman.call("unpause", node.container, step="let the node go on", node=node.name)
        elif node.state() == "exited":
            node.start()
    time.sleep(5)
