"""Large fleets: one pytest item a node and component, and the very same records."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.unit.accept.project import Project, Run
from tests.unit.accept.test_plugin import everything

CASES = '''
import pytest
from trueup.accept.marks import applies, each, tier

@each("part", lambda node, profile: ["x", "y"] if node.name == "a" else [])
def test_only_one_has_parts(node, part):
    """Why parts matter."""

@tier("deep")
def test_deep(node):
    """Why depth matters."""

class TestGroup:
    """Checks of a class."""

    @pytest.mark.parametrize("number", [1, 2])
    def test_inside(self, node, number):
        """Why classes matter."""
        assert number == 1

def test_of_no_node(tmp_path):
    """Asked once, of nobody."""
'''


def project_of(place: Path) -> Project:
    project = Project(place)
    everything(project)
    project.write("tests/node/test_cases.py", CASES)
    return project


@pytest.fixture(scope="module")
def one_by_one(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A small fleet: one pytest item a check."""
    return project_of(tmp_path_factory.mktemp("single")).run()


@pytest.fixture(scope="module", params=[(), ("-n", "2")], ids=["one-process", "workers"])
def together(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same fleet, taken as a large one."""
    return project_of(tmp_path_factory.mktemp("together")).run("--bundle-above", "1", *request.param)


def result_fields(run: Run) -> dict[str, dict[str, Any]]:
    """All that a record says, but for the time it took and the process it ran in."""
    return {
        name: {**each, "seconds": 0, "notes": [note.split()[0] for note in each["notes"]]}
        for name, each in run.records.items()
    }


def test_records_are_the_same(one_by_one: Run, together: Run) -> None:
    """How pytest cuts the work is nobody's business: every answer, its text, its tier, and the status."""
    assert result_fields(one_by_one) == result_fields(together)
    assert one_by_one.status == together.status


def test_items_are_nodes_and_components(together: Run) -> None:
    """Two nodes by four components, and the fleet's one: pytest's own count."""
    last = together.output.splitlines()[-1]

    assert 9 == sum(int(count) for count in re.findall(r"(\d+) (?:passed|failed)", last)), last


def test_single_checks_run_one_by_one(tmp_path: Path) -> None:
    """Whoever asks for one check of a large fleet gets it, and nothing beside it."""
    run = project_of(tmp_path).run("--bundle-above", "1", "-k", "test_of_no_node")

    assert "1 passed" in run.output
    assert "pass" == run.outcome("fleet cases/of_no_node")


def test_left_for_a_deeper_tier_is_reported(tmp_path: Path) -> None:
    """What was not asked is listed from the bundles, too."""
    project = project_of(tmp_path)
    project.run("--bundle-above", "1", "--skipped-by-tier", "left.json")

    left = json.loads((tmp_path / "left.json").read_text())

    assert [("a", "cases/deep"), ("a-1", "cases/deep")] == [(each["node"], each["check"]) for each in left]
