"""Tests that a run resumes from what an interrupted run wrote."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lab.fault_coverage.checkpoint import Checkpoint, document, read
from lab.fault_coverage.result import CoverageReport, FaultVerdict

GOOD = FaultVerdict(name="host-one", node="node1", batch=1, caught=True, exact=True, healed=True, seconds=0.5)
BAD = GOOD.model_copy(update={"name": "host-two", "exact": False, "problems": ("node1: host/x: no change",)})


def test_report_is_read_as_it_was_written() -> None:
    """The counts are not read: they follow from the verdicts."""
    report = CoverageReport(
        date="2026-11-26", commit="abc", seconds=2.5, batches=(2.0,), verdicts=(GOOD, BAD), left_out=("host-three",)
    )

    assert report == read(json.dumps(document(report)))
    assert [True, False] == [one.holds for one in report.verdicts]


def test_an_interrupted_run_is_resumed(tmp_path: Path) -> None:
    """Verdicts that hold are kept, the other faults are injected again; an interrupted run never counts as whole."""
    path = tmp_path / "report/fault-coverage.json"
    asked: Any = SimpleNamespace(seconds=[2.0], healthy=SimpleNamespace(tiers={}))
    first = Checkpoint(path, "abc", frozenset())
    first.verdicts += [GOOD, BAD]
    stopped = first.write(asked, "it was interrupted")
    second = Checkpoint(path, "def", frozenset({"host-one", "host-three"}), read(path.read_text("utf-8")))
    whole = second.write(asked, "")

    assert (False, [GOOD]) == (stopped.holds, second.verdicts)
    assert ("host-three",) == whole.left_out
    assert ("abc, then def", (2.0, 2.0), "") == (whole.commit, whole.batches, whole.stopped)
    assert ["fault-coverage.json"] == [file.name for file in path.parent.iterdir()]
