"""The judgement over a training step."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from trueup.collective.job_spec import JobSpec, Member
from trueup.collective.node.result_writer import MARK
from trueup.collective.node_results import NodeResult
from trueup.collective.training import HostfileError, evaluate_training, in_order, read_hostfile
from trueup.collective.verdict import JobVerdict

JOB = JobSpec("gloo", 2, (29500, 29519), 60, program="training_job")
SINGLE = [[1.0, 1.1, 1.2, 1.3], [0.9, 1.0, 1.1, 1.2], [0.8, 0.9, 1.0, 1.1]]


def rank(number: int, **changes: Any) -> dict[str, Any]:
    """The record of a rank that trained well."""
    facts = {
        "kind": "train",
        "node": f"node{number // 2 + 1}",
        "rank": number,
        "world": 4,
        "backend": "gloo",
        "stage": 0,
        "error": None,
        "pid": 100 + number,
        "steps": [["end", 0.1]],
        "single_process": SINGLE,
        "losses": [row[number] for row in SINGLE],
        "torch": "2.0.1+cu117",
    }
    return {**facts, **changes}


def judged(*changed: dict[str, Any]) -> JobVerdict:
    """The verdict on four ranks of which some are replaced."""
    by_rank = {facts["rank"]: facts for facts in (*map(rank, range(4)), *changed)}

    def run(node: int, ranks: Sequence[int]) -> NodeResult:
        agent: dict[str, Any] = {
            "kind": "agent",
            "node": f"node{node}",
            "error": None,
            "status": 0,
            "ended": [],
            "steps": [],
        }
        lines = [f"{MARK}{json.dumps(facts)}\n" for facts in (*(by_rank[n] for n in ranks), agent)]
        return NodeResult(f"node{node}", rc=0, out="".join(lines))

    return evaluate_training([run(1, (0, 1)), run(2, (2, 3))], JOB)


def test_same_losses_everywhere_hold() -> None:
    """On every rank, and as one process has them."""
    verdict = judged()

    assert ("pass", (), 4) == (verdict.outcome, verdict.reasons, len(verdict.trained))


WRONG: list[tuple[dict[str, Any], str]] = [
    (rank(3, losses=[1.3, 1.2, 1.2]), "node2: rank 3: loss 1.2 at step 3, a single process has 1.1"),
    (rank(3, losses=[1.3, 1.2]), "node2: rank 3: took 2 steps, expected 3 with 4 ranks"),
    (rank(3, single_process=[]), "node2: rank 3: took 3 steps, expected 3 with 4 ranks"),
    (rank(3, single_process=[row[:2] for row in SINGLE]), "node2: rank 3: took 3 steps, expected 3 with 4 ranks"),
    (rank(3, stage=2), "node2: rank 3: trained on gloo at ZeRO stage 2, declared is gloo at 0"),
    (rank(3, error="in step device: RefusedError: no CUDA device"), "node2: rank 3: in step device: RefusedError"),
    (
        rank(3, single_process=[[x * 2 for x in row] for row in SINGLE]),
        "node2: rank 3: computes something else than most",
    ),
    (rank(3, losses=[float("nan")] * 3), "node2: rank 3: loss nan at step 1, a single process has 1.3"),
]


@pytest.mark.parametrize(("record", "reason"), WRONG, ids=[reason for _, reason in WRONG])
def test_rank_that_differs_is_named(record: dict[str, Any], reason: str) -> None:
    """With its node, and what a single process has."""
    verdict = judged(record)

    assert "fail" == verdict.outcome
    assert verdict.reasons[0].startswith(reason)


def test_sum_in_another_order_is_no_difference() -> None:
    """float32 is not associative."""
    assert "pass" == judged(rank(3, losses=[row[3] * (1 + 1e-6) for row in SINGLE])).outcome


def test_missing_rank_is_a_failure() -> None:
    """A record of the other job is none of this one."""
    other = rank(3, kind="rank", checks=[], timings=[])

    assert ("node2: rank 3 of 4 left no record",) == judged(other).reasons


def test_hostfile_gives_the_order_of_ranks(pair: tuple[Member, Member]) -> None:
    """DeepSpeed counts ranks in it; a comment or a further node changes nothing."""
    found = in_order("# converge\nnode2 slots=2\nnode9 slots=2\nnode1 slots=2\n", pair)

    assert ["node2", "node1"] == [here.name for here in found]


def test_hostfile_that_lacks_a_node_is_refused(pair: tuple[Member, Member]) -> None:
    """The launcher would train without it."""
    with pytest.raises(HostfileError, match=r"expected node2 in /job/hostfile, found \['node1'\]"):
        in_order("node1 slots=2\n", pair)


def test_missing_hostfile_is_refused(pair: tuple[Member, Member]) -> None:
    """DeepSpeed goes on alone, silently."""
    with pytest.raises(HostfileError, match=r"node1: .*hostfile"):
        read_hostfile(pair[0])
