"""A proof run that goes on reads what the one before it wrote."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lab.proof import __main__ as proof
from lab.proof.result import Proved, Report

GOOD = Proved(name="host-one", node="node1", batch=1, caught=True, exact=True, healed=True, seconds=0.5)
BAD = GOOD.model_copy(update={"name": "host-two", "exact": False, "wrong": ("node1: host/x: no change",)})


def test_report_is_read_as_it_was_written() -> None:
    """The counts beside it follow from it, and are counted anew."""
    report = Report(
        date="2026-11-26", commit="abc", seconds=2.5, batches=(2.0,), proved=(GOOD, BAD), left_out=("host-three",)
    )

    assert report == proof._read(json.dumps(proof.document(report)))
    assert [True, False] == [one.holds for one in report.proved]


def test_nothing_to_go_on_from_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a node is touched."""
    monkeypatch.setattr(proof, "ROOT", tmp_path)
    monkeypatch.setattr(proof, "REPORTS", tmp_path / "report")
    done = CliRunner().invoke(proof.main, ["--go-on"])

    assert (2, True) == (done.exit_code, "there is no report/proof.json to go on from" in done.output)


def test_each_shape_has_its_own_report() -> None:
    """A run of one does not take the place of another's."""
    assert ["proof.json", "proof-mixed.json"] == [proof.report_of(shape).name for shape in (None, "mixed")]
