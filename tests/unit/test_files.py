"""Files that are whole or absent, and locks that end with their holder."""

from pathlib import Path

import pytest

from trueup.files import locked, write_atomic


def test_file_is_new_or_old_and_never_half(tmp_path: Path) -> None:
    """What cannot be encoded leaves the old content; the mode is the one asked for."""
    path = tmp_path / "folder" / "file"
    write_atomic(path, "old", mode=0o644)
    with pytest.raises(UnicodeEncodeError):
        write_atomic(path, "new \ud800")

    assert ("old", 0o644) == (path.read_text(), path.stat().st_mode & 0o777)


def test_lock_is_held_once_and_let_go(tmp_path: Path) -> None:
    """A second holder is refused at once where it does not wait."""
    path = tmp_path / "lock"
    with locked(path), pytest.raises(BlockingIOError), locked(path, wait=False):
        pytest.fail("held twice")
    with locked(path, wait=False):
        assert path.exists()
