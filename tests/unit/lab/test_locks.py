"""Two runs of the lab on one instance take turns, and the one that waits says so."""

from pathlib import Path
from threading import Event, Thread

import pytest

from lab import locks
from lab.errors import LabError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of the test's own, and less patience."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(locks, "PATIENCE", 0.5)
    monkeypatch.setattr(locks, "WORTH_SAYING", 0.1)


def test_the_second_waits_says_so_and_gives_up() -> None:
    """The message names the lock's file."""
    held, over = Event(), Event()

    def hold() -> None:
        with locks.only_one("second"):
            held.set()
            over.wait()

    other = Thread(target=hold)
    other.start()
    held.wait()
    said: list[str] = []
    with pytest.raises(LabError, match=r"second\.lock"), locks.only_one("second", said.append):
        pass
    over.set()
    other.join()

    assert ["waiting" in line for line in said] == [True]


def test_a_lock_is_free_again() -> None:
    """One after the other nobody waits, and another name is another lock."""
    said: list[str] = []
    for _turn in range(2):
        with locks.only_one("second", said.append), locks.only_one("third", said.append):
            pass

    assert said == []
