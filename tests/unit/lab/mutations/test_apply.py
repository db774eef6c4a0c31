"""lab.mutations: the catalogue holds together, and every check of the GPUs is in it."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from lab.errors import LabError
from lab.mutations.apply import catalogue, named
from lab.mutations.model import Mutation

ROOT = Path(__file__).resolve().parents[4]
# What the lab's nodes do not declare is not asked of them; the checks themselves have unit tests.
NOT_DECLARED = {"memory_is_as_declared", "numa_nodes", "firmware_is_the_same_on_all_cards_of_a_model"}
VALID = {"name": "a-break", "cause": "x", "node": "node1", "breaks": ("true",), "shows": "true", "heals": True}


def test_every_check_of_the_driver_is_broken_by_something() -> None:
    """A check without a break is a hope."""
    text = "".join((ROOT / place / "test_driver.py").read_text("utf-8") for place in ("tests/node", "tests/fleet"))
    checks = set(re.findall(r"^def test_(\w+)\(", text, re.MULTILINE)) - NOT_DECLARED
    caught = {check for mutation in catalogue().values() for check in (*mutation.reds[:1], *mutation.notes)}

    assert set() == {f"driver/{check}" for check in checks} - caught


def test_there_are_controls() -> None:
    """Changes that must stay green keep the checks honest the other way round."""
    assert 8 <= sum(name.startswith("control-") for name in catalogue())


def test_an_unknown_name_is_refused_in_words() -> None:
    """The message says where the names are."""
    with pytest.raises(LabError, match="break --list"):
        named("no-such-break")


@pytest.mark.parametrize(
    "wrong",
    [
        {"reds": ()},
        {"reds": ("driver/a", "driver/b")},
        {"reds": ("driver/a",), "heals": False},
        {"reds": ("driver/a",), "mends": ("true",)},
        {"reds": ("driver/a",), "name": "control-a"},
        {"reds": ("no id",)},
    ],
)
def test_a_record_that_contradicts_itself_is_refused(wrong: dict[str, object]) -> None:
    """No reds, no reason, no way back, two ways back, a red control, a check that is none."""
    with pytest.raises(ValidationError):
        Mutation.model_validate(VALID | wrong)
