"""The served folder holds exactly what the lock names."""

import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.unit.mirror.conftest import artifact_of
from trueup.lockfile import Artifact, Lock
from trueup.mirror.cache import Cache
from trueup.mirror.errors import MirrorError
from trueup.mirror.layout import assemble


def package(
    name: str = "python", version: str = "3.11.2", subdir: str = "linux-64", depends: Sequence[str] = ()
) -> bytes:
    """A conda package of nothing."""
    index = {"name": name, "version": version, "build": "0", "build_number": 0, "subdir": subdir}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:bz2") as archive:
        content = json.dumps({**index, "depends": list(depends)}).encode()
        member = tarfile.TarInfo("info/index.json")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def put(cache: Cache, content: bytes, name: str) -> Artifact:
    """A file in the cache."""
    artifact = artifact_of(content, name)
    path = cache.path(artifact)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return artifact


def test_files_are_flat_and_no_others_stay(cache: Cache, tmp_path: Path) -> None:
    """A lock made anew takes back what the old one gave out."""
    one, two = put(cache, b"1", "one.sh"), put(cache, b"2", "two.sh")

    assemble(Lock(artifacts=(one, two)), tmp_path, cache)
    assemble(Lock(artifacts=(two,)), tmp_path, cache)

    assert {"two.sh": b"2"} == {path.name: path.read_bytes() for path in (tmp_path / "files").iterdir()}


def test_a_changed_file_takes_the_old_one_s_place(cache: Cache, tmp_path: Path) -> None:
    """The same name with another hash."""
    assemble(Lock(artifacts=(put(cache, b"1", "one.sh"),)), tmp_path, cache)
    assemble(Lock(artifacts=(put(cache, b"2", "one.sh"),)), tmp_path, cache)

    assert b"2" == (tmp_path / "files" / "one.sh").read_bytes()


def test_conda_packages_become_a_channel(cache: Cache, tmp_path: Path) -> None:
    """With the locked SHA-256 in its index, which conda verifies."""
    artifact = put(cache, package(), "python-3.11.2-0.tar.bz2")

    assemble(Lock(artifacts=(artifact,)), tmp_path, cache)

    index = json.loads((tmp_path / "conda" / "linux-64" / "repodata.json").read_text())
    assert artifact.sha256 == index["packages"][artifact.name]["sha256"]
    assert (tmp_path / "conda" / "noarch" / "repodata.json").is_file()
    assert [] == list((tmp_path / "files").glob("*"))


def test_an_unchanged_channel_stays(cache: Cache, tmp_path: Path) -> None:
    """A node may be reading it."""
    lock = Lock(artifacts=(put(cache, package(), "python-3.11.2-0.tar.bz2"),))
    assemble(lock, tmp_path, cache)
    index = tmp_path / "conda" / "linux-64" / "repodata.json"
    before = index.stat().st_mtime_ns

    assemble(lock, tmp_path, cache)

    assert before == index.stat().st_mtime_ns


def test_a_file_that_was_not_fetched_is_named(cache: Cache, tmp_path: Path) -> None:
    """And nothing of the folder is touched."""
    with pytest.raises(MirrorError, match=r"one\.sh: assemble the mirror"):
        assemble(Lock(artifacts=(artifact_of(b"1", "one.sh"),)), tmp_path / "root", cache)

    assert not (tmp_path / "root").exists()
