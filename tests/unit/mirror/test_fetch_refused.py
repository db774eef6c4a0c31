"""What is not the locked file is refused, by name and with what to do."""

from pathlib import Path

import pytest

from tests.unit.mirror.conftest import BODY, Origin, artifact_of
from tests.unit.mirror.mirror_server import get, part_of
from trueup.mirror.cache import Cache
from trueup.mirror.errors import MirrorError, MirrorErrors
from trueup.mirror.fetch import TRIES, fetch_artifacts


def test_a_corrupt_file_is_refused(origin: Origin, cache: Cache) -> None:
    """Wanted and found hash are named, and nothing of it stays."""
    artifact = artifact_of(BODY)
    origin.files[artifact.name] = b"x" + BODY[1:]

    with pytest.raises(MirrorError) as caught:
        get(cache, origin, artifact)

    found = artifact_of(b"x" + BODY[1:]).sha256
    assert (f"sha256 {artifact.sha256}" in caught.value.expected, found in caught.value.actual) == (True, True)
    assert (False, 0) == (cache.has(artifact), part_of(cache, artifact).stat().st_size)


def test_a_longer_file_is_refused_at_once(origin: Origin, cache: Cache) -> None:
    """A server that sends without end fills no disk."""
    artifact = artifact_of(BODY)
    origin.files[artifact.name] = BODY * 2

    with pytest.raises(MirrorError, match="more than that"):
        get(cache, origin, artifact)

    assert 1 == len(origin.range_headers)


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


def test_every_failure_is_reported(origin: Origin, cache: Cache) -> None:
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

    assert "goes on where it stopped" in caught.value.remedy


def test_copies_from_a_folder(cache: Cache, tmp_path: Path) -> None:
    """An origin may be a folder of this machine."""
    artifact = artifact_of(BODY)
    (tmp_path / artifact.name).write_bytes(BODY)

    fetch_artifacts([artifact], {artifact.name: (tmp_path / artifact.name).as_uri()}, cache)

    assert cache.has(artifact)


def test_a_folder_without_the_file(cache: Cache, tmp_path: Path) -> None:
    """The path is named."""
    artifact = artifact_of(BODY)

    with pytest.raises(MirrorError, match=f"copy {tmp_path / artifact.name}"):
        fetch_artifacts([artifact], {artifact.name: (tmp_path / artifact.name).as_uri()}, cache)


def test_too_little_component_is_said_before_the_first_byte(origin: Origin, cache: Cache) -> None:
    """Bytes needed and bytes free; no request is made."""
    artifact = artifact_of(BODY).model_copy(update={"size": 2**60})

    with pytest.raises(MirrorError, match=f"{2**60} bytes free"):
        get(cache, origin, artifact)

    assert [] == origin.range_headers
