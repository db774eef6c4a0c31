"""The training step on a pair: it holds, leaves nothing, and fails where a rank computes something else."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.e2e.collective.job_faults import SITE
from trueup.collective.job_spec import JobSpec, Member, training_of
from trueup.collective.run import examine
from trueup.collective.training import in_order, read_hostfile, train
from trueup.collective.verdict import JobVerdict

FUNCTIONAL = f"{SITE}/torch/nn/functional.py"
# What a GPU does that multiplies wrongly, on one rank of four.
ODD = f"""cp -p {FUNCTIONAL} /root/functional.kept; cat >>{FUNCTIONAL} <<'END'

_right = mse_loss


def mse_loss(*args, **kwargs):
    factor = 1.01 if __import__("os").environ.get("RANK") == "3" else 1.0
    return _right(*args, **kwargs) * factor
END
"""
LISTING = "find /tmp /var/tmp /dev/shm /root /home /run/lock /opt/anaconda3/envs/dis -printf '%p %s\\n' | sort"


def trained(members: Sequence[Member], job: JobSpec) -> JobVerdict:
    """The step, from the hostfile that converge wrote."""
    return examine(in_order(read_hostfile(members[0]), members), job, run=train)


def test_pair_trains_as_one_process_does(lab: Any, members: Sequence[Member]) -> None:
    """Four ranks over gloo at the profile's stage; no process and no file is left."""
    job = training_of(lab.profile)
    before = {name: node.execute(LISTING) for name, node in lab.nodes.items()}
    verdict = trained(members, job)

    assert ("pass", ()) == (verdict.outcome, verdict.reasons)
    assert [(0, "node1", 0), (1, "node1", 0), (2, "node2", 0), (3, "node2", 0)] == [
        (record.rank, record.node, record.stage) for record in verdict.trained
    ]
    assert before == {name: node.execute(LISTING) for name, node in lab.nodes.items()}
    assert {"node1": 0, "node2": 0} == lab.processes()


def test_rank_that_computes_something_else_is_named(lab: Any, members: Sequence[Member]) -> None:
    """One per cent on one rank: nothing crashes, and nothing else would tell."""
    lab.nodes["node2"].execute(ODD)
    try:
        verdict = trained(members, training_of(lab.profile))
    finally:
        lab.nodes["node2"].execute(f"mv /root/functional.kept {FUNCTIONAL}")

    assert "fail" == verdict.outcome
    assert verdict.reasons[0].startswith("node2: rank 3: computes something else than most ranks, without any network")


def test_nccl_without_cuda_fails_with_the_reason(lab: Any, members: Sequence[Member]) -> None:
    """It never trains on the CPU instead."""
    environment = {**training_of(lab.profile).environment, "DS_ACCELERATOR": "cuda"}
    verdict = trained(members, replace(training_of(lab.profile), backend="nccl", stage=2, environment=environment))

    assert "fail" == verdict.outcome
    assert "the profile declares nccl, but torch 2.0.1+cu117 sees no CUDA device" in verdict.reasons[0]
