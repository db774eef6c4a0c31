"""A proof run that goes on reads what the one before it wrote, to its end or not."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lab.fault_coverage.checkpoint import Checkpoint, document, read
from lab.fault_coverage.result import CoverageReport, FaultVerdict

GOOD = FaultVerdict(name="host-one", node="node1", batch=1, caught=True, exact=True, healed=True, seconds=0.5)
BAD = GOOD.model_copy(update={"name": "host-two", "exact": False, "wrong": ("node1: host/x: no change",)})


def test_report_is_read_as_it_was_written() -> None:
    """The counts beside it follow from it, and are counted anew."""
    report = CoverageReport(
        date="2026-11-26", commit="abc", seconds=2.5, batches=(2.0,), proved=(GOOD, BAD), left_out=("host-three",)
    )

    assert report == read(json.dumps(document(report)))
    assert [True, False] == [one.holds for one in report.proved]


def test_interrupted_run_is_gone_on_from(tmp_path: Path) -> None:
    """What held is known to the next run; what did not is tried again; an interrupted run is never a whole one."""
    path = tmp_path / "report/proof.json"
    asked: Any = SimpleNamespace(seconds=[2.0], green=SimpleNamespace(tiers={}))
    first = Checkpoint(path, "abc")
    first.proved += [GOOD, BAD]
    stopped = first.write(asked, "it was interrupted")
    second = Checkpoint(path, "def", read(path.read_text("utf-8")))
    whole = second.write(asked, "")

    assert (False, [GOOD]) == (stopped.holds, second.proved)
    assert ("abc, then def", (2.0, 2.0), "") == (whole.commit, whole.batches, whole.stopped)
    assert ["proof.json"] == [file.name for file in path.parent.iterdir()]
