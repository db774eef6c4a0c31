"""A conda channel's packages are locked by hash and found again, whatever folder of it they are in."""

from pathlib import Path

import pytest

from tests.unit.mirror.conftest import artifact_of
from tests.unit.mirror.test_layout import package, put
from trueup.lockfile import Lock
from trueup.mirror.cache import Cache
from trueup.mirror.conda_channel import is_conda_package, packages, where
from trueup.mirror.errors import MirrorError
from trueup.mirror.layout import assemble
from trueup.mirror.origins import addresses

PYTHON = "python-3.11.2-0.tar.bz2"
TZDATA = "tzdata-2026-0.tar.bz2"


@pytest.fixture
def channel(cache: Cache, tmp_path: Path) -> str:
    """A channel of Python and the noarch package that it needs."""
    python = put(cache, package(depends=["tzdata", "__glibc >=2.17"]), PYTHON)
    tzdata = put(cache, package("tzdata", "2026", "noarch"), TZDATA)
    assemble(Lock(artifacts=(python, tzdata)), tmp_path, cache)
    return (tmp_path / "conda").as_uri()


def test_python_and_what_it_needs(channel: str) -> None:
    """With the hashes of the channel's index."""
    found = packages(channel, "3.11", (2, 17))

    wanted = {PYTHON: package(depends=["tzdata", "__glibc >=2.17"]), TZDATA: package("tzdata", "2026", "noarch")}
    assert {name: artifact_of(content).sha256 for name, content in wanted.items()} == {f.name: f.sha256 for f in found}


def test_a_node_that_is_too_old(channel: str) -> None:
    """Its glibc is part of the question."""
    with pytest.raises(MirrorError, match="__glibc"):
        packages(channel, "3.11", (2, 12))


def test_a_python_that_the_channel_has_not(channel: str) -> None:
    """In the solver's words."""
    with pytest.raises(MirrorError, match=r"python 3\.10"):
        packages(channel, "3.10", (2, 17))


def test_a_channel_that_is_none(tmp_path: Path) -> None:
    """With what a channel looks like."""
    with pytest.raises(MirrorError, match=r"linux-64/repodata\.json"):
        packages("http://127.0.0.1:9/conda", "3.11", (2, 17))


def test_packages_are_listed_in_their_folders(channel: str) -> None:
    """Origins of the form channel+ADDRESS."""
    lock = Lock(artifacts=tuple(artifact_of(b"x", name) for name in (PYTHON, TZDATA)))

    found = addresses(lock, {"site": f"channel+{channel}"})

    assert {PYTHON: f"{channel}/linux-64/{PYTHON}", TZDATA: f"{channel}/noarch/{TZDATA}"} == found


def test_a_package_that_is_gone(channel: str) -> None:
    """Named, with the channel."""
    lock = Lock(artifacts=(artifact_of(b"x", "python-3.11.9-0.tar.bz2"),))

    with pytest.raises(MirrorError, match=f"no such file in {channel}"):
        addresses(lock, {"site": f"channel+{channel}"})


def test_a_channel_that_is_gone() -> None:
    """Nobody listens."""
    with pytest.raises(MirrorError, match="ask the channel"):
        where("http://127.0.0.1:9/conda", [artifact_of(b"x", PYTHON)])


@pytest.mark.parametrize(("name", "truth"), [(PYTHON, True), ("_x-1-0.conda", True), ("x-1.tar.gz", False)])
def test_a_package_is_known_by_its_name(name: str, truth: bool) -> None:
    """A source distribution is none."""
    assert truth == is_conda_package(artifact_of(b"x", name))
