"""lab.faults: the catalogue holds together, and every check of the GPUs is in it."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from lab.errors import LabError
from lab.faults.catalogue import catalogue, named
from lab.faults.common import UNDER_LOAD
from lab.faults.fault import Fault
from trueup.declaration import COMPONENTS

ROOT = Path(__file__).resolve().parents[4]
# What the lab's nodes do not declare is not asked of them; the checks themselves have unit tests.
NOT_DECLARED = {"firmware_is_the_same_on_all_cards_of_a_model"}
# A pair has no two nodes of one model, and the lab no time server and no declared link.
NOT_RUN = {
    "allreduce/bandwidth_is_what_the_link_gives",
    "driver/firmware_is_the_same_on_all_cards_of_a_model",
    "time/servers_are_the_declared_ones",
}
# The least faults of a component that has few checks; every other one has a dozen.
LEAST = {"host": 11, "time": 3}
VALID = {
    "name": "a-break",
    "cause": "x",
    "node": "node1",
    "inject": ("true",),
    "verify": "true",
    "converge_repairs": True,
}


def test_every_check_of_the_driver_is_broken_by_something() -> None:
    """A check without a fault is not known to fail."""
    text = "".join((ROOT / place / "test_driver.py").read_text("utf-8") for place in ("tests/node", "tests/fleet"))
    checks = set(re.findall(r"^def test_(\w+)\(", text, re.MULTILINE)) - NOT_DECLARED
    own = [check for fault in catalogue().values() for check in (*fault.failing_checks[:1], *fault.notes)]
    caught = {check.partition("[")[0] for check in own}

    assert set() == ({f"driver/{check}" for check in checks} | set(UNDER_LOAD)) - caught


def test_there_are_controls() -> None:
    """Changes that must stay green keep the checks honest the other way round."""
    assert 15 <= sum(name.startswith("control-") for name in catalogue())


@pytest.mark.parametrize("component", [*COMPONENTS, "fleet"])
def test_every_component_is_broken_in_many_ways(component: str) -> None:
    """A component with few faults has checks that are not known to fail."""
    inject = [one for one in catalogue().values() if not one.name.startswith("control-")]
    components = ["fleet" if one.name.startswith("fleet-") else one.checks[0].split("/")[0] for one in inject]

    assert LEAST.get(component, 12) <= components.count(component)


def test_every_check_is_broken_by_something() -> None:
    """Of the suite's own text, so that a check that is added tomorrow fails this test until it has its fault."""
    files = sorted((ROOT / "tests").glob("node/test_*.py")) + sorted((ROOT / "tests").glob("fleet/test_*.py"))
    checks = {
        f"{file.stem.removeprefix('test_')}/{name}"
        for file in files
        for name in re.findall(r"^def test_(\w+)\(", file.read_text("utf-8"), re.MULTILINE)
    }
    named = {check.partition("[")[0] for one in catalogue().values() for check in one.checks}

    assert NOT_RUN == checks - named
    assert set() == named - checks


def test_an_unknown_name_is_refused_in_words() -> None:
    """The message says where the names are."""
    with pytest.raises(LabError, match="inject --list"):
        named("no-such-break")


@pytest.mark.parametrize(
    "wrong",
    [
        {"failing_checks": ()},
        {"failing_checks": ("driver/a", "driver/b")},
        {"failing_checks": ("driver/a",), "converge_repairs": False},
        {"failing_checks": ("driver/a",), "undo": ("true",)},
        {"failing_checks": ("driver/a",), "name": "control-a"},
        {"failing_checks": ("no id",)},
        {"failing_checks": ("driver/a",), "refuses": "words"},
        {"failing_checks": ("driver/a",), "converge_repairs": False, "undo": ("true",), "cleanup": ("true",)},
    ],
)
def test_a_record_that_contradicts_itself_is_refused(wrong: dict[str, object]) -> None:
    """No failing check, no reason, no undo, two ways to undo, a control with a failing check, a wrong check id."""
    with pytest.raises(ValidationError):
        Fault.model_validate(VALID | wrong)
