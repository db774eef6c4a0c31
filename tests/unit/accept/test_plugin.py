"""Acceptance from end to end: four outcomes, and what is told of each."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.accept.checks import BAD, BETWEEN, BLIND, GOOD
from tests.unit.accept.project import Project, Run


def everything(project: Project) -> None:
    project.nodes("a-1", "a", "b", b={"maintenance": "dead fan, until 2026-12-01"})
    project.write("tests/node/test_good.py", GOOD)
    project.write("tests/node/test_bad.py", BAD)
    project.write("tests/node/test_blind.py", BLIND)
    project.write("tests/fleet/test_between.py", BETWEEN)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run with every outcome in it."""
    project = Project(tmp_path_factory.mktemp("whole"))
    everything(project)
    return project.run()


@pytest.fixture(scope="module")
def by_workers(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same run on two workers."""
    project = Project(tmp_path_factory.mktemp("workers"))
    everything(project)
    return project.run("-n", "2")


def test_a_check_that_holds(whole: Run) -> None:
    """A record has node, component, check, outcome, why and notes."""
    record = whole.records["a-1 good/good"]
    wanted = {"node": "a-1", "component": "good", "check": "good/good", "outcome": "pass", "why": "Why good matters."}

    assert {**record, **wanted, "message": "", "remedy": "", "notes": ["looked at dis"]} == record
    assert "note  a-1: good/good: looked at dis" in whole.output


def test_a_check_that_does_not_hold(whole: Run) -> None:
    """The text names node, check, why (its first paragraph), what was found and what to do."""
    wanted = ["a-1: bad/bad: fail", "why it matters: Why bad matters.\n", "a-1 is not a", "turn it off and on"]

    assert "fail" == whole.outcome("a blind/says_no")
    assert ("fail", "pass") == (whole.outcome("a-1 bad/bad"), whole.outcome("a bad/bad"))
    assert [] == [text for text in wanted if text not in whole.output]


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ("blind/blind", "CouldNotCheck: no light"),
        ("blind/lazy", "skipped (no tool): a check may not skip"),
        ("blind/unwilling", "skipped (no mood): a check may not skip"),
        ("blind/hopeless", "skipped (assert 0): a check may not skip"),
        ("blind/leaves", "SystemExit: 0"),
        ("blind/early", "AssertionError: early"),
        ("blind/late", "AssertionError: late"),
    ],
)
def test_what_could_not_be_checked(whole: Run, check: str, message: str) -> None:
    """An error, a skip and a fixture that fails, before or after, are no answer to what was asked."""
    record = whole.records[f"a {check}"]

    assert ("unknown", message) == (record["outcome"], record["message"].split("\n")[0])
    assert f"a: {check}: unknown" in whole.output


def test_status_of_it_all(whole: Run) -> None:
    """What could not be looked at wins over what does not hold."""
    assert 2 == whole.status


def test_not_applicable_is_listed_and_not_run(whole: Run) -> None:
    """Summary and records name it with its reason; a comma in a value is part of the value."""
    found = {name: each["outcome"] for name, each in whole.records.items() if "good/part" in name}

    assert {
        "a good/part[x]": "pass",
        "a good/part[1,x]": "pass",
        "a-1 good/part[x]": "not_applicable",
        "a-1 good/part[1,x]": "not_applicable",
    } == found
    assert "not applicable: good/part[1,x] (only a has one)" in whole.output


def test_what_holds_between_nodes(whole: Run) -> None:
    """Such an answer belongs to the fleet."""
    found = {name: each["outcome"] for name, each in whole.records.items() if name.startswith("fleet ")}

    assert {"fleet between/pair[a-a-1]": "pass", "fleet between/pair[a-1-a]": "fail"} == found


def test_node_that_is_out_does_not_count(whole: Run) -> None:
    """It is not asked, and the summary says why."""
    assert set() == {name for name in whole.records if name.startswith("b ")}
    assert "out   b: dead fan, until 2026-12-01" in whole.output


def test_workers_find_the_same(whole: Run, by_workers: Run) -> None:
    """Status and every answer, those that do not apply included."""

    def without_time(run: Run) -> dict[str, dict[str, Any]]:
        return {name: {**each, "seconds": 0, "notes": []} for name, each in run.records.items()}

    assert (whole.status, without_time(whole)) == (by_workers.status, without_time(by_workers))


def test_grouping_groups(by_workers: Run) -> None:
    """All checks of a node run in one process, so that it is asked over one connection (pytest-xdist #1386)."""
    seen = {note for name, each in by_workers.records.items() if "/worker" in name for note in each["notes"]}

    assert ["a", "a-1"] == sorted(note.split()[0] for note in seen)
    assert 2 == len({note.split()[1] for note in seen})


def test_the_same_fault_has_the_same_words(tmp_path: Path) -> None:
    """The history keeps changes, and an object's address in memory is none."""
    project = Project(tmp_path)
    project.write(
        "tests/node/test_new.py", 'def test_found(node):\n    """Why."""\n    assert node.name in "".splitlines()\n'
    )
    message = project.run().records["a new/found"]["message"]

    assert ("str object>()" in message, "0x" in message) == (True, False), message
