"""pyinfra's dry plan, read."""

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from trueup.plan import dry_run
from trueup.plan.dry_run import CannotPlan, Change, pending, read_plan, run_dry

PLAN = {
    "plan": [
        {"name": "host | packages", "hosts_with_change": ["n1", "n2"], "hosts_with_conditional_change": []},
        {"name": "conda | drop the installer", "hosts_with_change": [], "hosts_with_conditional_change": ["n1"]},
    ],
    "results": None,
}


def test_only_certain_changes_count() -> None:
    """A conditional change waits for another, which is counted itself."""
    assert (Change("host | packages", ("n1", "n2")),) == read_plan(json.dumps(PLAN))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"plan": [{}]}', '{"plan": 3}', "Traceback ..."])
def test_what_is_no_plan_is_an_error(text: str) -> None:
    """Never read as "nothing to change"."""
    with pytest.raises(CannotPlan, match="wanted pyinfra's plan as JSON"):
        read_plan(text)


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program in pyinfra's place, beside a Python of its own."""
    program = tmp_path / "pyinfra"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))


def test_pyinfra_runs_dry_and_without_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With -y pyinfra skips the look for changes."""
    stand_in(tmp_path, monkeypatch, f"echo \"$@\" > {tmp_path}/args; echo '{json.dumps(PLAN)}'")
    found = pending(tmp_path / "inventory.py")

    assert 1 == len(found)
    assert f"{tmp_path}/inventory.py deploy/site.py --dry --json\n" == (tmp_path / "args").read_text()


def test_a_quick_plan_reads_no_unchanged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of the plan is the same."""
    stand_in(tmp_path, monkeypatch, f"echo \"$@\" > {tmp_path}/args; echo '{json.dumps(PLAN)}'")
    found = run_dry(tmp_path / "inventory.py", quick=True)

    assert ["host | packages", "conda | drop the installer"] == [each.operation for each in found]
    wanted = f"{tmp_path}/inventory.py deploy/site.py --dry --json --data hashed_bytes=0\n"
    assert wanted == (tmp_path / "args").read_text()


def test_a_failure_shows_what_pyinfra_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last lines say why."""
    stand_in(tmp_path, monkeypatch, "echo 'No hosts remaining' >&2; exit 1")

    with pytest.raises(CannotPlan, match="exited with 1:\nNo hosts remaining"):
        pending(tmp_path / "inventory.py")


def test_a_pyinfra_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for ever."""
    stand_in(tmp_path, monkeypatch, "exec sleep 60")
    monkeypatch.setattr(dry_run, "DEADLINE_S", 0.5)

    with pytest.raises(CannotPlan, match="gave no plan within"):
        pending(tmp_path / "inventory.py")


def test_a_missing_pyinfra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path that was tried is in the message."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    with pytest.raises(CannotPlan, match=f"{tmp_path}{os.sep}pyinfra is not there"):
        pending(tmp_path / "inventory.py")
