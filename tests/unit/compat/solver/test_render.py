"""The profile that solve prints is ready to paste."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from trueup.compat.solver import Solution, solve
from trueup.compat.solver.render import as_python, profile_with, profiles_to_paste
from trueup.compat.stack import NodeFacts, stack_of
from trueup.declaration import Profile, load_profile, profile

SHIPPED = Path(__file__).parents[4] / "profiles.py"


def pasted(text: str) -> dict[str, Profile]:
    names: dict[str, Profile] = {}
    exec(text, dict(vars(profile)), names)  # noqa: S102 - to run the text is what an operator does with it
    return names


@pytest.mark.parametrize("name", ["guide", "lab", "maintained"])
def test_every_shipped_profile_survives_being_printed(name: str) -> None:
    """The text names every field, so that running it gives the same profile."""
    profile = load_profile(name, SHIPPED)

    assert profile == pasted(f"X = {as_python(profile)}")["X"]


def test_quotes_in_values_are_escaped() -> None:
    """A value with a quote or a backslash stays a value."""
    assert 'a"b\\c' == eval(as_python('a"b\\c'))  # noqa: S307 - the text is our own


def test_maintained_is_what_solve_finds(node: Callable[..., NodeFacts]) -> None:
    """The shipped profile is the newest for A100 on Ubuntu 22.04 and V100S on Rocky 9."""
    maintained = load_profile("maintained", SHIPPED)
    found = solve(
        [node("a100 ubuntu-22.04"), node("v100s rocky-9")], base=stack_of(maintained), today=date(2026, 11, 23)
    )

    assert isinstance(found, Solution)
    assert maintained == profile_with(found.stack, maintained)
    assert maintained == pasted(profiles_to_paste(found, maintained))["SOLVED"]


def test_drivers_that_stay_give_a_profile_each(node: Callable[..., NodeFacts]) -> None:
    """Nodes with different branches cannot share one profile."""
    maintained = load_profile("maintained", SHIPPED)
    nodes = [node("a100 rocky-9", driver="535.104.05"), node("v100s rocky-9", driver="580.95.05")]
    found = solve(nodes, keep_driver=True, base=stack_of(maintained), today=date(2026, 11, 23))

    assert isinstance(found, Solution)
    profiles = pasted(profiles_to_paste(found, maintained))
    assert {"SOLVED_R535": "535", "SOLVED_R580": "580"} == {name: p.driver.branch for name, p in profiles.items()}
