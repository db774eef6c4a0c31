"""What the harness costs, and what it measures, beside torchrun typed by hand in the same run."""

import shlex
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Any

import pytest

from trueup.collective.job_spec import Member
from trueup.collective.run import examine

SIZE = 64 << 20
ENV = "/opt/anaconda3/envs/dis"
# The same shape as the job's: five warm-ups, three rounds of five.
BARE = f"""
import os, time, torch, torch.distributed as dist
dist.init_process_group("gloo")
data = torch.zeros({SIZE} // 4)
for _ in range(5):
    dist.all_reduce(data)
for _ in range(3):
    dist.barrier()
    since = time.perf_counter()
    for _ in range(5):
        dist.all_reduce(data)
    if dist.get_rank() == 0:
        print(1.5 * 5 * {SIZE} / (time.perf_counter() - since) / 1e9, flush=True)
dist.barrier()
os._exit(0)
"""


def by_hand(pair: Any, members: Sequence[Member]) -> tuple[float, list[float]]:
    """Seconds, and GB/s of each round, of a bare script under torchrun on both nodes."""
    outputs: dict[int, str] = {}

    def one(rank: int) -> None:
        name = members[rank].name
        command = (
            f"printf %s {shlex.quote(BARE)} >/tmp/bare.py; export GLOO_SOCKET_IFNAME=eth0 OMP_NUM_THREADS=1; "
            f"{ENV}/bin/torchrun --nnodes 2 --node-rank {rank} --nproc-per-node 2 --log-dir /tmp/bare "
            f"--master-addr {members[0].address} --master-port 29510 /tmp/bare.py; rm -r /tmp/bare.py /tmp/bare"
        )
        outputs[rank] = pair.on(name, command).out

    since = time.monotonic()
    threads = [threading.Thread(target=one, args=(rank,)) for rank in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - since, [float(line) for line in outputs[0].split()]


@pytest.mark.slow
def test_harness_is_cheap_and_measures_what_is_there(lab: Any, pair: Any, members: Sequence[Member]) -> None:
    """At most 1.2 x torchrun by hand from start to verdict, at least 0.8 x its bus bandwidth; medians of three."""
    job = replace(lab.job, sizes=(SIZE,), dtypes=("float32",), rounds=3, deadline_s=180)
    hand, ours = [], []
    for _ in range(3):
        hand.append(by_hand(pair, members))
        since = time.monotonic()
        verdict = examine(members, job)
        assert "pass" == verdict.outcome, verdict.reasons
        ours.append((time.monotonic() - since, verdict.busbw()[SIZE]))
    cost = median(seconds for seconds, _ in ours) / median(seconds for seconds, _ in hand)
    rate = median(r for _, rates in ours for r in rates) / median(r for _, rates in hand for r in rates)
    print(f"cost {cost:.2f}, bandwidth {rate:.2f}, by hand {hand}, ours {ours}")

    assert cost <= 1.2, (hand, ours)
    assert rate >= 0.8, (hand, ours)
