"""The verdict on everything that the nodes sent back."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.collective.job_spec import JobSpec
from trueup.collective.node.collectives import OPERATIONS
from trueup.collective.node.result_writer import MARK
from trueup.collective.node_results import NodeResult
from trueup.collective.results import read
from trueup.collective.verdict import evaluate

JOB = JobSpec("gloo", 2, (29500, 29519), 60, sizes=(12,), dtypes=("float32",))


def rank(number: int, **changes: Any) -> dict[str, Any]:
    """The record of a rank that went well."""
    entry = {"dtype": "float32", "count": 3, "size": 12, "outcome": "exact", "why": None}
    timing = {"operation": "all_reduce", "size": 12, "bytes": 12, "algorithm": "own", "round": 0}
    rates = {"seconds": 0.1, "best": 0.1, "algbw": 1.0, "busbw": 1.5}
    facts = {
        "kind": "rank",
        "node": f"node{number // 2 + 1}",
        "rank": number,
        "world": 4,
        "backend": "gloo",
        "error": None,
        "pid": 100 + number,
        "steps": [["end", 0.1]],
        "checks": [{"operation": operation, **entry} for operation in OPERATIONS],
        "timings": [{**timing, **rates}],
        "torch": "2.0.1+cu117",
        "cuda": "11.7",
        "nccl": "2.14.3",
        "mapped": {"libnccl": "/env/libnccl.so.2"},
        "sha256": {"libnccl": "ab" * 32} if number % 2 == 0 else {},
    }
    return {**facts, **changes}


def run(node: int, *ranks: dict[str, Any], error: str | None = None, err: str = "") -> NodeResult:
    """What came back from a node whose agent left a record."""
    agent: dict[str, Any] = {
        "kind": "agent",
        "node": f"node{node}",
        "error": error,
        "status": 0,
        "ended": [],
        "steps": [],
        "pid": 1,
    }
    out = "".join(f"{MARK}{json.dumps(facts)}\n" for facts in (*ranks, agent))
    return NodeResult(f"node{node}", rc=0 if error is None else 1, out=out, err=err)


def test_healthy_pair_holds() -> None:
    """Four ranks, all exact, all measured."""
    verdict = evaluate([run(1, rank(0), rank(1)), run(2, rank(2), rank(3))], JOB)

    assert ("pass", ()) == (verdict.outcome, verdict.reasons)
    assert {12: (1.5,)} == verdict.busbw()


OURS = "/env/libnccl.so.2 sha256 abababababababab"
THEIRS = "/usr/lib/libnccl.so.2 sha256 cdcdcdcdcdcdcdcd"
BROKEN = [
    ([rank(2)], "node2: rank 3 of 4 left no record"),
    ([rank(2), rank(3), rank(3)], "node2: rank 3 left 2 records"),
    ([rank(2), rank(3), rank(4, node="node2")], "node2: rank 4 of 4 is none of the 4 declared"),
    ([rank(2), rank(3, node="node1")], "node1: rank 3 of 4 is none of the 4 declared"),
    ([rank(2), rank(3, world=2)], "node2: rank 3 of 2 is none of the 4 declared"),
    ([rank(2), rank(3, timings=[])], "node2: rank 3: never timed all_reduce of 12 B"),
    ([rank(2), rank(3, checks=[])], "node2: rank 3: has no exact result"),
    ([rank(2), rank(3, backend="nccl")], "node2: rank 3: ran on nccl, declared is gloo"),
    ([rank(2), rank(3, error="in step rendezvous: E: no")], "node2: rank 3: in step rendezvous: E: no"),
    (
        [rank(2, torch="2.1.0"), rank(3, torch="2.1.0")],
        "torch differs between nodes: 2.0.1+cu117 on node1; 2.1.0 on node2",
    ),
    (
        [rank(2, sha256={"libnccl": "cd" * 32}, mapped={"libnccl": "/usr/lib/libnccl.so.2"}), rank(3)],
        f"the mapped libnccl differs between nodes: {OURS} on node1; {THEIRS} on node2",
    ),
]


@pytest.mark.parametrize(("second", "reason"), BROKEN, ids=[reason[:40] for _, reason in BROKEN])
def test_what_is_missing_wrong_or_unequal_is_named(second: list[dict[str, Any]], reason: str) -> None:
    """With the node and the rank."""
    verdict = evaluate([run(1, rank(0), rank(1)), run(2, *second)], JOB)

    assert "fail" == verdict.outcome
    assert [] != [line for line in verdict.reasons if line.startswith(reason)]


def test_wrong_sum_is_named_with_the_position() -> None:
    """A sum that is wrong is worse than one that is missing."""
    checks = rank(3)["checks"]
    why = "1 of 3 elements differ, the first at 2: wanted 8, found 9"
    checks[0] |= {"outcome": "wrong", "why": why}
    verdict = evaluate([run(1, rank(0), rank(1)), run(2, rank(2), rank(3, checks=checks))], JOB)

    assert (f"node2: rank 3: all_reduce float32 of 3 elements is wrong: {why}",) == verdict.reasons


def test_killed_rank_comes_before_its_victims() -> None:
    """The peers only say that the connection was closed."""
    report = "  rank      : 2 (local_rank: 0)\n  exitcode  : -9 (pid: 71)\n"
    victims = [rank(n, error="in step all_reduce: RuntimeError: Connection closed by peer") for n in (0, 1, 3)]
    verdict = evaluate([run(1, *victims[:2]), run(2, victims[2], err=report)], JOB)

    assert "node2: the process of rank 2 was killed by signal 9" == verdict.reasons[0]


def test_unequal_nodes_come_before_what_followed() -> None:
    """Ranks of two versions of torch end in words that say nothing of versions."""
    failed = {"error": "in step rendezvous: RuntimeError: Connection refused"}
    second = [rank(n, torch="2.1.0", **failed) for n in (2, 3)]
    verdict = evaluate([run(1, rank(0, **failed), rank(1, **failed)), run(2, *second)], JOB)

    assert verdict.reasons[0].startswith("torch differs between nodes: 2.0.1+cu117 on node1; 2.1.0 on node2.")


def test_ring_is_timed_apart_under_nccl() -> None:
    """NCCL's own choice on two nodes is a tree, which can exceed the wire."""
    nccl = [rank(n, backend="nccl") for n in range(4)]
    verdict = evaluate([run(1, *nccl[:2]), run(2, *nccl[2:])], replace(JOB, backend="nccl"))

    assert "node1: rank 0: never timed all_reduce of 12 B in a ring" == verdict.reasons[0]


def test_silent_node_is_unknown() -> None:
    """Unknown wins over the results of the others."""
    lost = NodeResult("node2", lost="ConnectionLost: the connection ended")
    verdict = evaluate([run(1, rank(0), rank(1)), lost], JOB)

    assert "unknown" == verdict.outcome
    assert "node2: ConnectionLost: the connection ended" == verdict.reasons[0]


def test_busy_node_is_unknown() -> None:
    """Another job there says nothing about this fleet."""
    busy = "in step lock: BusyError: another collective job holds the lock on /env"
    verdict = evaluate([run(1, rank(0), rank(1)), run(2, error=busy)], JOB)

    assert "unknown" == verdict.outcome


def test_node_without_a_word_is_quoted() -> None:
    """An environment without torch says so on standard error."""
    mute = NodeResult("node2", rc=1, err="Traceback\nModuleNotFoundError: No module named 'torch'\n")
    verdict = evaluate([run(1, rank(0), rank(1)), mute], JOB)

    assert "No module named 'torch'" in verdict.reasons[0]


def test_slowest_rank_decides_the_bandwidth() -> None:
    """A mean would hide it."""
    slow = rank(3)
    slow["timings"][0]["busbw"] = 0.5

    assert {12: (0.5,)} == evaluate([run(1, rank(0), rank(1)), run(2, rank(2), slow)], JOB).busbw()


def test_untimed_operations_are_not_missed() -> None:
    """Only what was asked for."""
    job = replace(JOB, timed=())
    verdict = evaluate([run(1, rank(0), rank(1)), run(2, rank(2), rank(3, timings=[]))], job)

    assert "pass" == verdict.outcome


@given(st.text() | st.text().map(lambda text: MARK + text) | st.integers().map(lambda n: f"{MARK}{n}"))
def test_any_output_is_read(text: str) -> None:
    """A torn record is listed, and never stops the reader."""
    assert () == read(text).ranks


def test_every_problem_has_expected_and_actual() -> None:
    """A program reads them as fields; nobody parses the sentence."""
    second = [rank(2, torch="2.1.0", timings=[]), rank(3, checks=[], backend="nccl"), rank(4, node="node2")]
    verdicts = [
        evaluate([run(1, rank(0), rank(1)), run(2, *second)], JOB),
        evaluate([run(1, rank(0, error="in step end: E: no")), NodeResult("node2", lost="ConnectionLost: gone")], JOB),
        evaluate([run(1, rank(0), rank(1), error="E: no"), NodeResult("node2", rc=1)], JOB),
    ]
    problems = [problem for verdict in verdicts for problem in verdict.problems]

    assert 10 < len(problems)
    assert [] == [problem for problem in problems if not (problem.expected and problem.actual and problem.message)]
