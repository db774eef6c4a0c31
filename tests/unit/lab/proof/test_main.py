"""What a proof run is asked, and where its report is."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from lab.fault_coverage import __main__ as proof


def test_nothing_to_go_on_from_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a node is touched."""
    monkeypatch.setattr(proof, "ROOT", tmp_path)
    monkeypatch.setattr(proof, "REPORTS", tmp_path / "report")
    done = CliRunner().invoke(proof.main, ["--go-on"])

    assert (2, True) == (done.exit_code, "there is no report/proof.json to go on from" in done.output)


def test_each_shape_has_its_own_report() -> None:
    """A run of one does not take the place of another's."""
    assert ["proof.json", "proof-mixed.json"] == [proof.report_of(shape).name for shape in (None, "mixed")]
