"""The main job, end to end: two empty machines become an accepted pair, and stay so."""

import json
from pathlib import Path

from tests.e2e.conftest import Pair


def test_a_second_dry_plan_is_empty(converged: Pair) -> None:
    """A converged pair plans no change on either node."""
    assert {} == converged.plan()


def test_converging_again_changes_nothing(converged: Pair) -> None:
    """Every operation of a second converge says that there was nothing to do."""
    done = converged.converge("--json")
    operations = json.loads(done.out)["results"]["operations"]
    changed = {each["name"]: each["success"] for each in operations if each["success"]}

    assert (0, {}) == (done.rc, changed)


def test_acceptance_holds(converged: Pair, tmp_path: Path) -> None:
    """Every check of both nodes holds: none skipped, none missing, at least sixty a node."""
    records = tmp_path / "records.json"
    done = converged.accept("--results", str(records))
    answers = json.loads(records.read_text())
    bad = [(a["node"], a["check"], a["outcome"], a["message"]) for a in answers if a["outcome"] != "pass"]

    assert [] == [each for each in bad if each[2] != "not_applicable"]
    assert done.rc == 0, done.out
    for node in ("node1", "node2"):
        assert sum(a["node"] == node and a["outcome"] == "pass" for a in answers) >= 60


def test_nothing_of_converge_stays_on_the_nodes(converged: Pair) -> None:
    """Downloads, marks and caches are gone once they have served."""
    find = "ls -d /var/cache/trueup /opt/*.trueup-* /opt/anaconda3/envs/.*.trueup-* 2>/dev/null; echo end"

    assert ["end\n", "end\n"] == [converged.on(node, find).out for node in ("node1", "node2")]


def test_the_lab_s_own_way_in_survives_converge(converged: Pair) -> None:
    """The lab's key lies outside any home, so no mode of converge removes it."""
    assert converged.on("node1", "true").rc == 0
