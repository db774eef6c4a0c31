"""The private file of receivers, and the hours in which nobody is told."""

from datetime import datetime
from pathlib import Path

import pytest

from trueup.drift.notify.settings import EXAMPLE, BadSettings, Settings, read_settings


def at(clock: str, day: int = 15) -> datetime:
    """That time of a day."""
    return datetime.fromisoformat(f"2027-01-{day:02} {clock}")


@pytest.mark.parametrize(
    ("quiet", "clock", "silent"),
    [
        (("22:00", "07:00"), "23:00", True),
        (("22:00", "07:00"), "06:59", True),
        (("22:00", "07:00"), "07:00", False),
        (("12:00", "13:00"), "12:30", True),
        (("12:00", "13:00"), "11:59", False),
        (None, "03:00", False),
    ],
)
def test_quiet_hours(quiet: tuple[str, str] | None, clock: str, silent: bool) -> None:
    """A span may go past midnight; its end is not in it."""
    assert silent == Settings(quiet=quiet).is_quiet(at(clock))


@pytest.mark.parametrize(
    ("clock", "last", "due"),
    [("06:59", None, False), ("07:00", None, True), ("09:00", at("07:01"), False), ("09:00", at("07:01", 14), True)],
)
def test_digest_is_due_once_a_day(clock: str, last: datetime | None, due: bool) -> None:
    """From its time on, whenever the next run comes."""
    assert due == Settings(digest="07:00").digest_due(at(clock), last)


def test_example_reads(tmp_path: Path) -> None:
    """What a mistake shows as an example is right."""
    path = tmp_path / "notify.toml"
    path.write_text(EXAMPLE)
    path.chmod(0o600)

    assert ("22:00", "07:00") == read_settings(path).quiet


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    """It holds passwords."""
    path = tmp_path / "notify.toml"
    path.write_text(EXAMPLE)
    path.chmod(mode)

    with pytest.raises(BadSettings, match=f"expected mode 600, because it holds secrets, found {mode:o}"):
        read_settings(path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('urls = ["x"', "no TOML"),
        ('urls = "mailto://me:secret@x"', "urls: Input should be a valid tuple"),
        ('quiet = ["25:00", "07:00"]', "quiet.0: String should match pattern"),
        ("colour = 1", "colour: Extra inputs are not permitted"),
    ],
)
def test_mistakes_name_the_place_and_no_secret(tmp_path: Path, text: str, why: str) -> None:
    """The message goes to logs."""
    path = tmp_path / "notify.toml"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(BadSettings) as caught:
        read_settings(path)

    assert why in str(caught.value)
    assert "secret" not in str(caught.value)


def test_no_file_is_no_receiver(tmp_path: Path) -> None:
    """Alerts are asked for, never assumed."""
    assert () == read_settings(tmp_path / "none.toml").urls
