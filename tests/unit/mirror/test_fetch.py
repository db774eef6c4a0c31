"""A file is in the cache with the locked hash, or it is not in the cache."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.mirror.conftest import BODY, Origin, artifact_of, serving
from trueup.mirror.cache import Cache
from trueup.mirror.errors import MirrorError, MirrorErrors
from trueup.mirror.fetch import TRIES, fetch
from trueup.spec.lock import Artifact


def part_of(cache: Cache, artifact: Artifact) -> Path:
    """Where a file lies while it is not yet whole."""
    path = cache.path(artifact)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(path.name + ".part")


def get(cache: Cache, origin: Origin, *artifacts: Artifact) -> None:
    """Fetch from that origin without waiting between tries."""
    fetch(artifacts, {a.name: f"{origin.url}/{a.name}" for a in artifacts}, cache, pause_s=0)


@pytest.mark.parametrize("sized", [True, False])
def test_fetches_a_file(origin: Origin, cache: Cache, sized: bool) -> None:
    """With its size in the lock or without."""
    artifact = artifact_of(BODY, sized=sized)
    origin.files[artifact.name] = BODY

    get(cache, origin, artifact)

    assert BODY == cache.path(artifact).read_bytes()
    assert [cache.path(artifact)] == list(cache.path(artifact).parent.iterdir())


def test_what_is_there_is_not_asked_for(origin: Origin, cache: Cache) -> None:
    """A second run makes no request."""
    artifact = artifact_of(BODY)
    origin.files[artifact.name] = BODY

    get(cache, origin, artifact)
    get(cache, origin, artifact)

    assert [""] == origin.seen


def test_a_broken_transfer_goes_on_where_it_stopped(origin: Origin, cache: Cache) -> None:
    """The server closes twice in the middle; no byte is asked for twice."""
    artifact = artifact_of(BODY)
    origin.files[artifact.name] = BODY
    origin.cuts = [1000, 500]

    get(cache, origin, artifact)

    assert ["", "bytes=1000-", "bytes=1500-"] == origin.seen
    assert BODY == cache.path(artifact).read_bytes()


@settings(max_examples=25, deadline=None)
@given(
    cuts=st.lists(st.integers(min_value=0, max_value=len(BODY)), max_size=TRIES - 1),
    left=st.integers(min_value=0, max_value=len(BODY)),
    ranges=st.booleans(),
    sized=st.booleans(),
)
def test_wherever_it_breaks_off(cuts: list[int], left: int, ranges: bool, sized: bool) -> None:
    """Any leftover and any four breaks, with a server that honours ranges or not: the locked bytes."""
    artifact = artifact_of(BODY, sized=sized)
    with TemporaryDirectory() as folder, serving() as origin:
        cache = Cache(Path(folder))
        origin.files[artifact.name] = BODY
        origin.cuts, origin.ranges = list(cuts), ranges
        part_of(cache, artifact).write_bytes(BODY[:left])

        get(cache, origin, artifact)

        assert BODY == cache.path(artifact).read_bytes()


def test_goes_on_after_a_killed_run(origin: Origin, cache: Cache) -> None:
    """What an earlier process had written is used."""
    artifact = artifact_of(BODY)
    origin.files[artifact.name] = BODY
    part_of(cache, artifact).write_bytes(BODY[:70_000])

    get(cache, origin, artifact)

    assert ["bytes=70000-"] == origin.seen


def test_a_whole_part_needs_no_transfer(origin: Origin, cache: Cache) -> None:
    """Killed between the last byte and the rename."""
    artifact = artifact_of(BODY)
    part_of(cache, artifact).write_bytes(BODY)

    get(cache, origin, artifact)

    assert ([], BODY) == (origin.seen, cache.path(artifact).read_bytes())


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
    origin.cuts = [1000]

    get(cache, origin, artifact)

    assert BODY == cache.path(artifact).read_bytes()


def test_a_busy_server_is_asked_again(origin: Origin, cache: Cache) -> None:
    """500 and 429 pass by themselves."""
    artifact = artifact_of(BODY)
    origin.files[artifact.name] = BODY
    origin.statuses = [503, 429]

    get(cache, origin, artifact)

    assert cache.has(artifact)


def test_a_corrupt_file_is_refused(origin: Origin, cache: Cache) -> None:
    """Wanted and found hash are named, and nothing of it stays."""
    artifact = artifact_of(BODY)
    origin.files[artifact.name] = b"x" + BODY[1:]

    with pytest.raises(MirrorError) as caught:
        get(cache, origin, artifact)

    found = artifact_of(b"x" + BODY[1:]).sha256
    assert (f"sha256 {artifact.sha256}" in caught.value.wanted, found in caught.value.found) == (True, True)
    assert (False, 0) == (cache.has(artifact), part_of(cache, artifact).stat().st_size)


def test_a_longer_file_is_refused_at_once(origin: Origin, cache: Cache) -> None:
    """A server that sends without end fills no disk."""
    artifact = artifact_of(BODY)
    origin.files[artifact.name] = BODY * 2

    with pytest.raises(MirrorError, match="more than that"):
        get(cache, origin, artifact)

    assert 1 == len(origin.seen)


def test_a_shorter_file_is_refused(origin: Origin, cache: Cache) -> None:
    """The origin has fewer bytes than the lock says."""
    artifact = artifact_of(BODY)
    origin.files[artifact.name] = BODY[:-1]

    with pytest.raises(MirrorError, match=str(len(BODY))):
        get(cache, origin, artifact)

    assert not cache.has(artifact)


def test_a_missing_file_is_named_and_the_others_arrive(origin: Origin, cache: Cache) -> None:
    """One wrong line does not hold up the rest."""
    there, gone = artifact_of(BODY), artifact_of(b"y", "gone.sh")
    origin.files[there.name] = BODY

    with pytest.raises(MirrorError, match=r"gone\.sh: fetch .*\n.*\n.*status 404"):
        get(cache, origin, gone, there)

    assert cache.has(there)


def test_every_failure_is_told(origin: Origin, cache: Cache) -> None:
    """Two files, two reasons, one error."""
    with pytest.raises(MirrorErrors) as caught:
        get(cache, origin, artifact_of(b"a", "a.sh"), artifact_of(b"b", "b.sh"))

    assert {"a.sh", "b.sh"} == {error.artifact for error in caught.value.errors}
    assert 2 == str(caught.value).count("status 404")


def test_a_dead_origin_is_given_up(cache: Cache) -> None:
    """Nobody listens; the message says what to look at."""
    artifact = artifact_of(BODY)

    with pytest.raises(MirrorError, match=f"after {TRIES} tries") as caught:
        get(cache, Origin(url="http://127.0.0.1:9"), artifact)

    assert "goes on where it stopped" in caught.value.todo


def test_copies_from_a_folder(cache: Cache, tmp_path: Path) -> None:
    """An origin may be a folder of this machine."""
    artifact = artifact_of(BODY)
    (tmp_path / artifact.name).write_bytes(BODY)

    fetch([artifact], {artifact.name: (tmp_path / artifact.name).as_uri()}, cache)

    assert cache.has(artifact)


def test_a_folder_without_the_file(cache: Cache, tmp_path: Path) -> None:
    """The path is named."""
    artifact = artifact_of(BODY)

    with pytest.raises(MirrorError, match=f"copy {tmp_path / artifact.name}"):
        fetch([artifact], {artifact.name: (tmp_path / artifact.name).as_uri()}, cache)


def test_too_little_room_is_said_before_the_first_byte(origin: Origin, cache: Cache) -> None:
    """Bytes needed and bytes free; no request is made."""
    artifact = artifact_of(BODY).model_copy(update={"size": 2**60})

    with pytest.raises(MirrorError, match=f"{2**60} bytes free"):
        get(cache, origin, artifact)

    assert [] == origin.seen
