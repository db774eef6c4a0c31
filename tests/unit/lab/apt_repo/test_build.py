"""The recipe of the repository."""

import pytest

from lab.apt_repo.build import recipe_hash, wheels
from lab.stacks import NEWER, STANDARD_STACK, LabStack


def test_recipe_changes_with_what_it_is_given() -> None:
    """A package that changed must not be hidden by an index of yesterday."""
    found = {
        recipe_hash(STANDARD_STACK),
        recipe_hash(STANDARD_STACK, ["a"]),
        recipe_hash(STANDARD_STACK, ["a", "b"]),
        recipe_hash(NEWER),
    }

    assert 4 == len(found)


@pytest.mark.parametrize("stack", [STANDARD_STACK, NEWER], ids=lambda stack: stack.name)
def test_wheels_have_one_version_each(stack: LabStack) -> None:
    """Headers of two versions over each other are those of neither."""
    projects = [wheel.project for wheel in wheels(stack)]

    assert sorted(set(projects)) == sorted(projects)  # type: ignore[type-var]  # every one is a wheel


@pytest.mark.parametrize("stack", [STANDARD_STACK, NEWER], ids=lambda stack: stack.name)
def test_libraries_headers_are_those_that_torch_brings(stack: LabStack) -> None:
    """A shared wheel that the environment's lock lacks would leave its headers out of the toolkit in silence."""
    assert set(stack.toolkit.shared) <= {wheel.project for wheel in wheels(stack)}
