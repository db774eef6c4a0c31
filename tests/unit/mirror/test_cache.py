"""What lies in the cache is checked against the lock, never against itself."""

from pathlib import Path

import pytest

from tests.unit.mirror.conftest import BODY, artifact_of
from trueup.mirror.cache import Cache
from trueup.mirror.errors import MirrorError


def put(cache: Cache, content: bytes, under: bytes = BODY) -> Path:
    """Lay content where the file `under` belongs."""
    path = cache.path(artifact_of(under))
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def test_the_place_is_the_hash(cache: Cache) -> None:
    """Two files of one name never meet."""
    artifact = artifact_of(BODY)

    assert cache.root / "artifacts" / artifact.sha256 / artifact.name == cache.path(artifact)


def test_a_whole_file_passes(cache: Cache) -> None:
    """And every byte of it was read."""
    put(cache, BODY)
    counts: list[int] = []

    cache.check(artifact_of(BODY), counts.append)

    assert len(BODY) == sum(counts)


def test_an_altered_file_is_named(cache: Cache) -> None:
    """With both hashes, and what to do."""
    path = put(cache, b"x" + BODY[1:])

    with pytest.raises(MirrorError, match=str(path)) as caught:
        cache.check(artifact_of(BODY))

    assert artifact_of(BODY).sha256 in caught.value.expected
    assert "remove that file" in caught.value.remedy


def test_a_missing_file_is_named(cache: Cache) -> None:
    """It says which command fetches it."""
    with pytest.raises(MirrorError, match="trueup mirror fetch"):
        cache.check(artifact_of(BODY))


@pytest.mark.parametrize(("content", "there"), [(BODY, True), (BODY[1:], False)])
def test_a_file_of_another_size_is_not_there(cache: Cache, content: bytes, there: bool) -> None:
    """A disk that was full once leaves short files."""
    put(cache, content)

    assert there == cache.has(artifact_of(BODY))


def test_the_default_place_can_be_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A controller with a small home."""
    monkeypatch.setenv("TRUEUP_CACHE", str(tmp_path))

    assert tmp_path == Cache.default().root
