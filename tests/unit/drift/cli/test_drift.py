"""The commands, with a look made by hand in place of the nodes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.unit.drift.factories import bad, good, item, run
from trueup.declaration import Refusal
from trueup.drift.cli import drift, history, report
from trueup.drift.model import DriftItem, Run
from trueup.drift.state_dir import State
from trueup.outcome import Outcome

Invoke = Callable[..., Result]


@pytest.fixture
def drift_items() -> list[DriftItem]:
    """What the next look finds."""
    return good()


@pytest.fixture
def trueup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drift_items: list[DriftItem]) -> Invoke:
    """A command of drift's, with a state of the test's own."""
    hours = iter(range(100))
    monkeypatch.setenv("TRUEUP_DRIFT", str(tmp_path / "state"))
    monkeypatch.setenv("TRUEUP_NOTIFY", str(tmp_path / "none.toml"))
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.0 + 10 * 3600)
    monkeypatch.setattr(drift, "collect_run", lambda *_args, **_more: run(drift_items, hour=next(hours)))
    return lambda command, *arguments: CliRunner().invoke(command, [str(each) for each in arguments])


@pytest.mark.parametrize(("outcome", "status"), [(Outcome.PASS, 0), (Outcome.FAIL, 1), (Outcome.UNKNOWN, 2)])
def test_exit_status(trueup: Invoke, drift_items: list[DriftItem], outcome: Outcome, status: int) -> None:
    """0 in sync, 1 drift, 2 could not look."""
    drift_items[0] = item("n1", "conda/check0", outcome)

    assert status == trueup(drift.drift, "--quick").exit_code


def test_json_is_one_document_with_since(trueup: Invoke, drift_items: list[DriftItem]) -> None:
    """Nothing else is on standard output; what drifted has expected, actual, remedy, boot and since when."""
    trueup(drift.drift)
    drift_items[0] = bad("n1")
    trueup(drift.drift)
    done = trueup(drift.drift, "--json")
    document = json.loads(done.stdout)
    (wrong,) = (one for one in document["items"] if one["outcome"] == "fail")

    assert ("one", "another", "mend it", "b1", "d1") == tuple(
        wrong[key] for key in ("expected", "actual", "remedy", "boot", "profile")
    )
    assert (1, 1_800_003_600.0) == (document["status"], wrong["since"])


def test_junit_and_metrics_are_written(trueup: Invoke, tmp_path: Path) -> None:
    """Both beside the text."""
    trueup(drift.drift, "--junit", tmp_path / "j.xml", "--prometheus", tmp_path / "m.prom")

    assert (tmp_path / "j.xml").read_text().startswith("<?xml")
    assert "trueup_in_sync" in (tmp_path / "m.prom").read_text()


def test_refused_declaration(trueup: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its reasons, status 2, and no traceback."""

    def refuse(*_args: object, **_more: object) -> Run:
        raise Refusal("inventory.py", ["node1: unknown key"])

    monkeypatch.setattr(drift, "collect_run", refuse)
    done = trueup(drift.drift)

    assert (2, True) == (done.exit_code, "node1: unknown key" in done.stderr)


def test_second_run_at_once(trueup: Invoke, tmp_path: Path) -> None:
    """Never two at once."""
    with State(tmp_path / "state").exclusive():
        done = trueup(drift.drift)

    assert (2, True) == (done.exit_code, "another run has not ended" in done.stderr)


def test_unusable_store_is_not_in_order(trueup: Invoke, tmp_path: Path) -> None:
    """A run that could not be stored says so, even where all nodes are in order."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "history.sqlite").write_bytes(b"x" * 4096)
    done = trueup(drift.drift)

    assert (2, True) == (done.exit_code, "expected a database" in done.stderr)


def test_history_and_report_agree(trueup: Invoke, drift_items: list[DriftItem], tmp_path: Path) -> None:
    """Drift, healing and their times."""
    trueup(drift.drift)
    drift_items[0] = bad("n1")
    trueup(drift.drift)
    drift_items[0] = item("n1", "conda/check0")
    trueup(drift.drift)
    (one,) = json.loads(trueup(history.history, "--json").stdout)
    page = tmp_path / "fleet.html"
    made = trueup(report.report, "--out", page)

    assert (1_800_003_600.0, 1_800_007_200.0) == (one["drifted"], one["healed"])
    assert 0 == made.exit_code
    assert "<td>2027-01-15 09:00:00</td><td>2027-01-15 10:00:00</td><td>1 h</td><td>n1</td>" in page.read_text()


@pytest.mark.parametrize(("since", "status"), [("7d", 0), ("2026-01-31", 0), ("soon", 2)])
def test_since(trueup: Invoke, since: str, status: int) -> None:
    """A span or a date; anything else is refused with what is expected."""
    assert status == trueup(history.history, "--since", since).exit_code


def test_stale_items_are_listed_and_count(
    trueup: Invoke, drift_items: list[DriftItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An item that no run has looked at for its interval is not in order."""
    trueup(drift.drift)
    drift_items[:] = [
        one.model_copy(update={"outcome": None}) if one.check == "conda/check2" else one for one in drift_items
    ]
    done = trueup(drift.drift, "--json")
    stale = json.loads(done.stdout)["stale"]

    assert (2, {"conda/check2"}) == (done.exit_code, {one["check"] for one in stale})
