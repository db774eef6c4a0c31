"""The faults of a pair, and the words with which each is named.

`python -m tests.e2e.collective.job_faults` prints the table of docs/collective.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lab import outages
from trueup.collective.job_spec import JobSpec, Member

Members = Sequence[Member]
LOST = "unknown"
SITE = "/opt/anaconda3/envs/dis/lib/python3.11/site-packages"
PYTHON = "/opt/anaconda3/envs/dis/bin/python"


@dataclass(frozen=True)
class Fault:
    """words: what the first reason must say; midst: put on while the job is at work."""

    name: str
    words: tuple[str, ...]
    outcome: str = "fail"
    put: Callable[[Any], object] = lambda _: None
    members: Callable[[Members], Members] = lambda members: members
    job: Callable[[JobSpec], JobSpec] = lambda job: job
    midst: bool = False


def on(name: str, script: str) -> Callable[[Any], object]:
    """Run a script on a node, past ssh."""
    return lambda lab: lab.nodes[name].execute(script)


def second(break_it: Callable[[Any], None]) -> Callable[[Any], object]:
    """One of the lab's faults, on node2."""
    return lambda lab: break_it(lab.nodes["node2"])


def with_second(**changes: Any) -> Callable[[Members], Members]:
    """node2 as somebody declared it wrongly."""
    return lambda members: (members[0], replace(members[1], **changes))


def with_job(**changes: Any) -> Callable[[JobSpec], JobSpec]:
    """The job as somebody declared it."""
    return lambda job: replace(job, **changes)


def lose(lab: Any) -> None:
    """A twentieth of what node1 sends to node2."""
    outages.lose(lab.nodes["node2"], lab.nodes["node1"].instance.address("node1"), 0.05)


OWN_NAME = (
    "cp /etc/hosts /root/hosts.kept; grep -vw node1 /root/hosts.kept >/etc/hosts; echo 127.0.1.1 node1 >>/etc/hosts"
)
EPHEMERAL = (
    "iptables -w -N LAB-FAULT; iptables -w -I INPUT -j LAB-FAULT; "
    "iptables -w -A LAB-FAULT -p tcp --syn --dport 32768:60999 -j DROP"
)
SMALL_SHM = "mount -o remount,size=16m /dev/shm"
OLDER = f"cp -p {SITE}/torch/version.py /root/version.kept; sed -i 's/2.0.1/2.0.0/' {SITE}/torch/version.py"
OTHER = "/opt/other/libnccl.so.2"
PRELOAD = f"mkdir -p /opt/other; cp {SITE}/nvidia/nccl/lib/libnccl.so.2 {OTHER}; echo other >>{OTHER}"
# 733C is 29500 as /proc/net/tcp has it.
STALE = (
    f"nohup {PYTHON} -c \"import socket, time; s = socket.create_server(('', 29500)); time.sleep(600)\" "
    ">/dev/null 2>&1 & echo $! >/run/stale.pid; until grep -q ':733C 0' /proc/net/tcp; do sleep 0.1; done"
)
C10D = f"{SITE}/torch/distributed/distributed_c10d.py"
WRONG = f"""cp -p {C10D} /root/c10d.kept; cat >>{C10D} <<'EOF'

_right = all_reduce


def all_reduce(tensor, *args, **kwargs):
    work = _right(tensor, *args, **kwargs)
    if __import__("os").environ.get("RANK") == "3":
        tensor.view(-1)[0] += 1
    return work
EOF
"""
KILL = "for d in /proc/[0-9]*; do if grep -qzs '^RANK=3$' $d/environ; then kill -9 ${d#/proc/}; fi; done"
RESTORE = (
    "if [ -f /root/hosts.kept ]; then cat /root/hosts.kept >/etc/hosts; rm /root/hosts.kept; fi; "
    f"if [ -f /root/c10d.kept ]; then mv /root/c10d.kept {C10D}; fi; "
    f"if [ -f /root/version.kept ]; then mv /root/version.kept {SITE}/torch/version.py; fi; "
    "if [ -f /run/stale.pid ]; then kill $(cat /run/stale.pid); rm /run/stale.pid; fi; "
    "rm -rf /opt/other; mount -o remount,size=2g /dev/shm"
)

HUNDRED = ("node2 -> node1: network", "expected a link of 1000 Mbit/s, as declared", "raw TCP")
# More iterations than any deadline leaves time for: the job is at work when it is struck.
ENDLESS = with_job(iterations=100_000)
SPEED = with_job(sizes=(1 << 20,), dtypes=("float32",), iterations=2, rounds=3)
FAULTS = (
    Fault("own name is 127.0.1.1", ("node1", "names", "127.0.1.1"), put=on("node1", OWN_NAME)),
    Fault(
        "rendezvous port dropped",
        ("node2 -> node1", "rendezvous port", "29500"),
        put=lambda lab: outages.drop_port(lab.nodes["node1"], 29500),
    ),
    Fault("ephemeral ports dropped one way", ("node1 -> node2", "ephemeral port"), put=on("node2", EPHEMERAL)),
    Fault("interface named wrongly", ("node2", "eth9", "no such interface"), members=with_second(interface="eth9")),
    Fault("MTU 1400 on one side", ("node2", "MTU 1400"), put=second(lambda node: outages.set_mtu(node, 1400))),
    Fault("5 % loss", ("node1", "packet loss"), put=lose),
    Fault("/dev/shm too small", ("node2", "shared memory", "16 MiB"), put=on("node2", SMALL_SHM)),
    Fault(
        "a stale process on the port",
        ("node1", "29500 is held by process", "import socket"),
        put=on("node1", STALE),
        job=with_job(ports=(29500, 29500)),
    ),
    Fault("fewer GPUs than declared", ("node2", "3 GPUs, as declared", "2 GPUs"), members=with_second(gpus=3)),
    Fault("nccl without CUDA", ("rank", "declares nccl", "no CUDA device"), job=with_job(backend="nccl")),
    Fault("another torch on one node", ("torch differs", "2.0.0", "node2"), put=on("node2", OLDER)),
    Fault(
        "another libnccl preloaded",
        ("libnccl differs", OTHER, "node2"),
        put=on("node2", PRELOAD),
        members=with_second(extra={"LD_PRELOAD": OTHER}),
    ),
    Fault(
        "100 Mbit/s where 1 Gbit/s is declared",
        HUNDRED,
        put=second(lambda node: outages.limit_rate(node, 100)),
        members=lambda members: tuple(replace(each, link_mbit=1000) for each in members),
        job=SPEED,
    ),
    Fault("a rank that computes a wrong sum", ("node2: rank 3", "all_reduce", "first at 0"), put=on("node2", WRONG)),
    Fault("one rank killed", ("node2", "rank 3", "killed by signal 9"), put=on("node2", KILL), job=ENDLESS, midst=True),
    Fault("one node paused", ("node2", "answer"), LOST, second(outages.pause), job=ENDLESS, midst=True),
    Fault("one node powered off", ("node2",), LOST, second(outages.power_off), job=ENDLESS, midst=True),
    Fault("interface down", ("node2",), LOST, second(outages.link_down), job=ENDLESS, midst=True),
)


def table() -> str:
    """The faults as docs/collective.md shows them."""
    head = ("| fault | put on | outcome | the first reason says |", "| --- | --- | --- | --- |")
    rows = [
        f"| {fault.name} | {'in mid-job' if fault.midst else 'before'} | {fault.outcome.replace('-', ' ')} | "
        f"{', '.join(f'`{word}`' for word in fault.words)} |"
        for fault in FAULTS
    ]
    return "\n".join([*head, *rows])


if __name__ == "__main__":
    print(table())
