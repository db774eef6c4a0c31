"""The recipe of the repository."""

from lab.repo.build import recipe_hash, wheels


def test_recipe_changes_with_what_it_is_given() -> None:
    """A package that changed must not be hidden by an index of yesterday."""
    assert 3 == len({recipe_hash(), recipe_hash(["a"]), recipe_hash(["a", "b"])})


def test_wheels_have_one_version_each() -> None:
    """Headers of two versions over each other are those of neither."""
    projects = [wheel.project for wheel in wheels()]

    assert sorted(set(projects)) == sorted(projects)  # type: ignore[type-var]  # every one is a wheel
