"""The shipped locks hold everything that the shipped profiles name."""

import re
from pathlib import Path

import pytest

from trueup.declaration import Profile, load_profiles
from trueup.lockfile import Lock, read_lock
from trueup.mirror.origins import python_of

ROOT = Path(__file__).parents[3]
PROFILES = load_profiles(ROOT / "profiles.py")
SHIPPED = {name: profile for name, profile in PROFILES.items() if name in ("guide", "lab")}


@pytest.fixture(params=SHIPPED)
def profile(request: pytest.FixtureRequest) -> Profile:
    """Each shipped profile."""
    return SHIPPED[request.param]


@pytest.fixture
def lock(profile: Profile) -> Lock:
    """Its lock."""
    return read_lock(ROOT / profile.lock)


def test_every_pin_is_locked(profile: Profile, lock: Lock) -> None:
    """At the declared version."""
    found = {artifact.project: artifact.version for artifact in lock.env_wheels()}

    assert profile.env.wheels == {project: found.get(project) for project in profile.env.wheels}


def test_wheels_are_for_the_declared_python(profile: Profile, lock: Lock) -> None:
    """A wheel for another one would not be found on the node."""
    assert profile.env.python == python_of(lock.artifacts)


def test_the_other_files_are_locked(profile: Profile, lock: Lock) -> None:
    """The installer, DeepSpeed's source, and uv."""
    names = {artifact.name for artifact in lock.artifacts}

    assert {profile.conda.installer, f"deepspeed-{profile.deepspeed.version}.tar.gz"} <= names
    assert "uv" == lock.tool("uv").project


def test_setuptools_still_has_pkg_resources(lock: Lock) -> None:
    """torch 2.0.1 compiles ops with it; setuptools 70 broke that."""
    version = next(a.version for a in lock.env_wheels() if a.project == "setuptools")

    assert version is not None
    assert int(version.split(".")[0]) < 70


def test_no_lock_names_an_address(profile: Profile) -> None:
    """Origins are names; a site's own mirror is a setting."""
    text = (ROOT / profile.lock).read_text()

    assert [] == re.findall(r"\S*(?:://|\.org|\.com)\S*", text)
