"""A verdict for people and for programs."""

import io
import json
from typing import Any

from rich.console import Console

from tests.unit.collective.test_nccl_log import SOCKETS
from trueup.collective.bandwidth import evaluate_bandwidth
from trueup.collective.job_problem import job_problem
from trueup.collective.report import as_json, show
from trueup.collective.results import RankRecord
from trueup.collective.verdict import JobVerdict
from trueup.outcome import Outcome

SIZES = (1 << 20, 64 << 20)


def record(**changes: Any) -> RankRecord:
    """A rank that timed two sizes, the larger one four times as fast."""
    check = {"operation": "all_reduce", "dtype": "float32", "count": 3, "size": 12, "outcome": "exact", "why": None}
    timings = [
        {"operation": "all_reduce", "size": size, "bytes": size, "algorithm": algorithm, "round": 0}
        | {"seconds": 0.1, "best": 0.1, "algbw": 1.0, "busbw": rate}
        for algorithm in ("own", "ring")
        for size, rate in zip(SIZES, (0.2, 0.8), strict=True)
    ]
    facts = {"node": "node1", "rank": 0, "world": 1, "backend": "nccl", "error": None, "pid": 7, "steps": []}
    return RankRecord.model_validate({**facts, "checks": [check], "timings": timings, **changes})


VERDICT = JobVerdict(
    Outcome.PASS, (), (record(),), notes=("load",), seconds=3.0, logs=(("node1", SOCKETS), ("node2", ""))
)


def shown(verdict: JobVerdict, wire: dict[str, float] | None = None) -> str:
    """What a terminal of 120 columns shows."""
    out = io.StringIO()
    show(Console(file=out, width=120), verdict, evaluate_bandwidth(verdict.busbw(), 10_000, None), wire or {})
    return out.getvalue()


def test_bandwidth_is_plotted_over_size() -> None:
    """A bar as long as the rate, for NCCL's own choice and for its ring."""
    bars = [line.count("█") for line in shown(VERDICT).splitlines() if "█" in line]

    assert [10, 40, 10, 40] == bars


def test_report_says_what_was_used_and_measured() -> None:
    """Results, NCCL's transport, raw TCP, and the verdict on speed."""
    text = shown(VERDICT, {"node1 -> node2": 1.17})
    words = (
        "1 ranks, 1 results exact, 0 wrong",
        "node1: NCCL 2.14.3+cuda11.7 over Socket, eth0",
        "bandwidth: warning",
        "1.170",
    )

    assert [] == [word for word in (*words, "raw TCP node1 -> node2: 1.170 GB/s") if word not in text]


def test_reasons_are_shown_as_they_are() -> None:
    """A bracket in an error message is no markup."""
    assert "node1: [Errno 111] refused" in shown(
        JobVerdict(
            Outcome.FAIL,
            (job_problem("node1", "rank 0", expected="", actual="", message="node1: [Errno 111] refused"),),
        )
    )


def test_document_holds_everything() -> None:
    """And is JSON."""
    found = json.loads(json.dumps(as_json(VERDICT, None, {"node1 -> node2": 1.17})))

    assert ("pass", [], ["load"], None, {"node1 -> node2": 1.17}) == (
        *(found["outcome"], found["problems"], found["notes"]),
        *(found["bandwidth"], found["raw_tcp"]),
    )
    assert {"1048576": [0.2], "67108864": [0.8]} == found["busbw"] == found["busbw_ring"]
    assert ("Socket", ["eth0"], "NET/Socket") == (
        *(found["nccl"]["node1"]["network"], found["nccl"]["node1"]["interfaces"]),
        found["nccl"]["node1"]["transports"]["1 -> 2"],
    )
    assert found["nccl"]["node2"] is None
