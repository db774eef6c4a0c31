"""What pyinfra and pytest said, and what is recorded when they said nothing."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from trueup.accept import Tier
from trueup.drift import collect, run
from trueup.drift.collect import Collected, RunRequest, run_checks, run_plan
from trueup.drift.model import from_result
from trueup.outcome import CheckResult, Outcome
from trueup.plan import CannotPlan, Change

ASK = RunRequest(Path("inventory.py"), Tier.QUICK)


def test_plan_is_an_item_for_each_operation_and_node() -> None:
    """Two operations of one name are one item, which is in order when both are."""
    changes = (Change("conda | a", ()), Change("conda | a", ("n1",)), Change("env | b", ()))
    asked = run_plan(ASK, ("n1", "n2"), changes)
    found = {(one.node, one.check): one.outcome for one in asked.items if one.node != "fleet"}

    assert asked.complete
    assert {
        ("n1", "conda/plan: a"): Outcome.FAIL,
        ("n2", "conda/plan: a"): Outcome.PASS,
        ("n1", "env/plan: b"): Outcome.PASS,
        ("n2", "env/plan: b"): Outcome.PASS,
    } == found


def test_plan_of_a_component_and_a_node() -> None:
    """What was not asked for is not recorded."""
    question = RunRequest(Path("inventory.py"), Tier.QUICK, ("n1",), ("env",))
    asked = run_plan(question, ("n1", "n2"), (Change("conda | a", ("n1",)), Change("env | b", ())))

    assert [("fleet", "plan/answers"), ("n1", "env/plan: b")] == [(one.node, one.check) for one in asked.items]


def test_no_plan_is_one_unknown_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyinfra's last words are what was found."""

    def refuse(_inventory: Path, *, quick: bool) -> tuple[Change, ...]:
        raise CannotPlan("n1: not reached")

    monkeypatch.setattr(collect, "run_dry", refuse)
    asked = run_plan(ASK, ("n1",))

    assert [("plan/answers", Outcome.UNKNOWN, "n1: not reached")] == [
        (i.check, i.outcome, i.actual) for i in asked.items
    ]
    assert not asked.complete


def test_node_too_busy_to_log_in_is_retried(monkeypatch: pytest.MonkeyPatch) -> None:
    """One answer that did not come is no news."""
    answers = iter((CannotPlan("n1: no answer within 10 s"), (Change("conda | a", ()),)))

    def busy(_inventory: Path, *, quick: bool) -> tuple[Change, ...]:
        answer = next(answers)
        if isinstance(answer, CannotPlan):
            raise answer
        return answer

    monkeypatch.setattr(collect, "run_dry", busy)
    asked = run_plan(ASK, ("n1",))

    assert [("plan/answers", Outcome.PASS), ("conda/plan: a", Outcome.PASS)] == [
        (i.check, i.outcome) for i in asked.items
    ]


def test_pytest_that_dies_is_one_unknown_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """No records: its last lines are what was found, and nothing else is claimed."""
    dead = subprocess.CompletedProcess(["pytest"], 3, "", "Traceback\nINTERNALERROR")
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_more: dead)
    asked = run_checks(ASK, 1)

    assert [("acceptance/answers", Outcome.UNKNOWN)] == [(i.check, i.outcome) for i in asked.items]
    assert "INTERNALERROR" in asked.items[0].actual


def test_collect_keeps_its_files_where_the_run_sweeps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A run that is killed leaves them in the state's folder, for the next run to find; an orderly one leaves none."""
    seen: list[Path] = []

    def note(command: list[str], **_more: object) -> "subprocess.CompletedProcess[str]":
        seen.append(Path(command[command.index("--results") + 1]).parent)
        return subprocess.CompletedProcess(command, 3, "", "")

    monkeypatch.setattr(subprocess, "run", note)
    run_checks(replace(ASK, scratch=tmp_path), 1)

    assert [tmp_path] == [folder.parent for folder in seen]
    assert [] == list(tmp_path.iterdir())


def test_inventory_that_stands_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest would take its path, if it stood alone, for that of tests, and find no checks there."""
    words: list[str] = []

    def note(command: list[str], **_more: object) -> "subprocess.CompletedProcess[str]":
        words.extend(command)
        return subprocess.CompletedProcess(command, 3, "", "")

    monkeypatch.setattr(subprocess, "run", note)
    run_checks(replace(ASK, inventory=Path("/etc/fleet/inventory.py")), 1)

    assert ["--inventory=/etc/fleet/inventory.py"] == [word for word in words if "inventory" in word]


def test_pytest_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a verdict that says after how long."""

    def hang(*_args: object, **_more: object) -> None:
        raise subprocess.TimeoutExpired("pytest", 3600)

    monkeypatch.setattr(subprocess, "run", hang)

    assert "acceptance gave no answer within 3600 s" == run_checks(ASK, 1).items[0].actual


def answered(name: str, outcome: Outcome) -> Collected:
    """One check's answer."""
    answer = CheckResult(
        node="n1", component=name.partition("/")[0], check=name, outcome=outcome, why="w", message="slow"
    )
    return Collected((from_result(answer),), complete=True)


@pytest.mark.parametrize(
    ("second", "outcome", "attempts"),
    [
        (Outcome.PASS, Outcome.PASS, (Outcome.FAIL, Outcome.PASS)),
        (Outcome.FAIL, Outcome.FAIL, (Outcome.FAIL, Outcome.FAIL)),
    ],
)
def test_flaky_failure_is_checked_again(
    monkeypatch: pytest.MonkeyPatch, second: Outcome, outcome: Outcome, attempts: tuple[Outcome, ...]
) -> None:
    """The second look decides; both are kept."""
    name = "driver/no_slowdown"
    monkeypatch.setattr(run, "run_checks", lambda *_args: answered(name, second))
    (found,) = run.retry_flaky(ASK, answered(name, Outcome.FAIL), lambda _line: None).items

    assert (outcome, attempts) == (found.outcome, found.attempts)


def test_firm_failure_is_not_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong version does not come right by asking twice."""
    monkeypatch.setattr(run, "run_checks", lambda *_args: pytest.fail("asked again"))
    first = answered("conda/version", Outcome.FAIL)

    assert first is run.retry_flaky(ASK, first, lambda _line: None)
