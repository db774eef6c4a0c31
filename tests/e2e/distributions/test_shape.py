"""The main job on a fleet of two distributions: converged, still, accepted, the all-reduce included."""

import json
from pathlib import Path

from tests.e2e.conftest import Pair


def test_a_second_dry_plan_is_empty(converged: Pair) -> None:
    """Neither node is left with anything to do."""
    assert {} == converged.plan()


def test_converging_again_changes_nothing(converged: Pair) -> None:
    """Every operation says that there was nothing to do, by either package manager."""
    done = converged.converge("--json")
    operations = json.loads(done.out)["results"]["operations"]

    assert (0, []) == (done.rc, [each["name"] for each in operations if each["success"]])


def test_acceptance_holds(converged: Pair, tmp_path: Path) -> None:
    """Every check holds on both nodes, and between them: exact sums over two distributions."""
    records = tmp_path / "records.json"
    done = converged.accept("--results", str(records))
    answers = json.loads(records.read_text())
    bad = [(a["node"], a["check"], a["message"]) for a in answers if a["outcome"] not in ("pass", "not_applicable")]
    sums = [a for a in answers if a["check"].startswith("allreduce/") and a["outcome"] == "pass"]

    assert [] == bad
    assert (0, True) == (done.rc, len(sums) > 0), done.out
