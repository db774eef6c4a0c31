"""Tests of the fault-coverage command: where its report is, and when it can resume."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from lab.fault_coverage import __main__ as fault_coverage


def test_resume_without_a_report_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command says so before it changes a node."""
    monkeypatch.setattr(fault_coverage, "ROOT", tmp_path)
    monkeypatch.setattr(fault_coverage, "REPORTS", tmp_path / "report")
    done = CliRunner().invoke(fault_coverage.main, ["--resume"])

    assert (2, True) == (done.exit_code, "there is no report/fault-coverage.json to resume" in done.output)


def test_each_shape_has_its_own_report() -> None:
    """A run of one shape does not replace another's report."""
    found = [fault_coverage.report_path(shape).name for shape in ("debian", "mixed")]

    assert ["fault-coverage.json", "fault-coverage-mixed.json"] == found
