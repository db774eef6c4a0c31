"""A file is in the cache with the locked hash, or it is not in the cache."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.mirror.conftest import BODY, Origin, artifact_of, serving
from tests.unit.mirror.mirror_server import get, part_of
from trueup.mirror.cache import Cache
from trueup.mirror.fetch import TRIES


@pytest.mark.parametrize("sized", [True, False])
def test_fetches_a_file(origin: Origin, cache: Cache, sized: bool) -> None:
    """With its size in the lock or without."""
    artifact = artifact_of(BODY, sized=sized)
    origin.files[artifact.name] = BODY

    get(cache, origin, artifact)

    assert BODY == cache.path(artifact).read_bytes()
    assert [cache.path(artifact)] == list(cache.path(artifact).parent.iterdir())


def test_what_is_there_is_not_requested(origin: Origin, cache: Cache) -> None:
    """A second run makes no request."""
    artifact = artifact_of(BODY)
    origin.files[artifact.name] = BODY

    get(cache, origin, artifact)
    get(cache, origin, artifact)

    assert [""] == origin.range_headers


def test_a_broken_transfer_goes_on_where_it_stopped(origin: Origin, cache: Cache) -> None:
    """The server closes twice in the middle; no byte is asked for twice."""
    artifact = artifact_of(BODY)
    origin.files[artifact.name] = BODY
    origin.truncations = [1000, 500]

    get(cache, origin, artifact)

    assert ["", "bytes=1000-", "bytes=1500-"] == origin.range_headers
    assert BODY == cache.path(artifact).read_bytes()


@settings(max_examples=25, deadline=None)
@example(truncations=[0, 0, 0, 0], left=len(BODY), ranges=True, sized=False)
@given(
    truncations=st.lists(st.integers(min_value=0, max_value=len(BODY)), max_size=TRIES - 1),
    left=st.integers(min_value=0, max_value=len(BODY)),
    ranges=st.booleans(),
    sized=st.booleans(),
)
def test_wherever_it_breaks_off(truncations: list[int], left: int, ranges: bool, sized: bool) -> None:
    """Any leftover and any four breaks, with a server that honours ranges or not: the locked bytes."""
    artifact = artifact_of(BODY, sized=sized)
    with TemporaryDirectory() as folder, serving() as origin:
        cache = Cache(Path(folder))
        origin.files[artifact.name] = BODY
        origin.truncations, origin.ranges = list(truncations), ranges
        part_of(cache, artifact).write_bytes(BODY[:left])

        get(cache, origin, artifact)

        assert BODY == cache.path(artifact).read_bytes()


def test_goes_on_after_a_killed_run(origin: Origin, cache: Cache) -> None:
    """What an earlier process had written is used."""
    artifact = artifact_of(BODY)
    origin.files[artifact.name] = BODY
    part_of(cache, artifact).write_bytes(BODY[:70_000])

    get(cache, origin, artifact)

    assert ["bytes=70000-"] == origin.range_headers


def test_a_whole_part_needs_no_transfer(origin: Origin, cache: Cache) -> None:
    """Killed between the last byte and the rename."""
    artifact = artifact_of(BODY)
    part_of(cache, artifact).write_bytes(BODY)

    get(cache, origin, artifact)

    assert ([], BODY) == (origin.range_headers, cache.path(artifact).read_bytes())


@pytest.mark.parametrize("left", [b"garbage", BODY[:-1] + b"x", BODY + b"more"])
@pytest.mark.parametrize("sized", [True, False])
def test_a_bad_part_is_begun_anew(origin: Origin, cache: Cache, left: bytes, sized: bool) -> None:
    """Leftovers of another file, or of a crashed disk, cost a transfer and nothing else."""
    artifact = artifact_of(BODY, sized=sized)
    origin.files[artifact.name] = BODY
    part_of(cache, artifact).write_bytes(left)

    get(cache, origin, artifact)

    assert BODY == cache.path(artifact).read_bytes()


def test_a_server_without_ranges(origin: Origin, cache: Cache) -> None:
    """It sends the whole file again, and that is taken."""
    artifact = artifact_of(BODY)
    origin.files[artifact.name] = BODY
    origin.ranges = False
    origin.truncations = [1000]

    get(cache, origin, artifact)

    assert BODY == cache.path(artifact).read_bytes()


def test_a_busy_server_is_retried(origin: Origin, cache: Cache) -> None:
    """500 and 429 pass by themselves."""
    artifact = artifact_of(BODY)
    origin.files[artifact.name] = BODY
    origin.statuses = [503, 429]

    get(cache, origin, artifact)

    assert cache.has(artifact)
