"""How deep a run looks."""

import json

import pytest

from tests.unit.accept.project import Project
from trueup.accept.tiers import Tier

CHECKS = '''
import pytest
from trueup.accept.marks import tier

pytestmark = tier("standard", "slow")

@pytest.fixture
def slow():
    return 1

def test_light(node):
    """Why."""

def test_heavy(node, slow):
    """Why."""

@tier("deep")
def test_whole(node):
    """Why."""
'''


@pytest.mark.parametrize(
    ("tier", "checks", "left"),
    [
        ("quick", {"light"}, {"heavy": "standard", "whole": "deep"}),
        ("standard", {"light", "heavy"}, {"whole": "deep"}),
        ("deep", {"light", "heavy", "whole"}, {}),
    ],
)
def test_tiers(project: Project, tier: str, checks: set[str], left: dict[str, str]) -> None:
    """What belongs to a deeper tier is listed as not looked at, and is neither in order nor not applicable."""
    project.write("tests/node/test_component.py", CHECKS)
    file = project.path / "left.json"
    run = project.run("--node", "a", "--tier", tier, "--skipped-by-tier", str(file))

    assert (0, {f"a component/{name}" for name in checks}) == (run.status, set(run.records))
    assert {f"component/{name}": tier for name, tier in left.items()} == {
        one["check"]: one["tier"] for one in json.loads(file.read_text())
    }
    assert bool(left) == ("not looked at in this tier: " in run.output)


def test_who_reads_the_records_gets_no_table(project: Project) -> None:
    """The records are the same."""
    project.write("tests/node/test_component.py", CHECKS)
    run = project.run("--node", "a", "--tier", "quick", "--no-table")

    assert (0, {"a component/light"}, False) == (run.status, set(run.records), "not looked at" in run.output)


def test_workers_report_what_they_left(project: Project) -> None:
    """Under xdist only the workers collect; the list must reach whoever reports."""
    project.write("tests/node/test_component.py", CHECKS)
    file = project.path / "left.json"
    project.run("-n", "1", "--tier", "quick", "--skipped-by-tier", str(file))

    assert {
        ("a", "component/heavy"),
        ("a-1", "component/heavy"),
        ("a", "component/whole"),
        ("a-1", "component/whole"),
    } == {(one["node"], one["check"]) for one in json.loads(file.read_text())}


def test_depth() -> None:
    """Each tier asks all that the quicker ones ask."""

    assert [0, 1, 2] == [tier.depth for tier in Tier]
    assert Tier.DEEP.includes(Tier.QUICK)
    assert not Tier.QUICK.includes(Tier.STANDARD)


def test_what_a_check_measured_is_in_its_record(project: Project) -> None:
    """Drift keeps it over time."""
    project.write(
        "tests/node/test_component.py", 'def test_fast(node, measure):\n    """Why."""\n    measure("bandwidth", 1.5)\n'
    )
    run = project.run("--node", "a")

    assert {"bandwidth": 1.5} == run.records["a component/fast"]["measures"]
