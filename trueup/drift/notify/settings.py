"""The private file that says whom to tell, and when not to."""

import stat
import tomllib
from datetime import datetime, time
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from trueup.declaration import Record

Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
EXAMPLE = 'urls = ["mailtos://user:password@example.org"]\nquiet = ["22:00", "07:00"]\ndigest = "07:00"\n'


class BadSettings(Exception):
    """The file cannot be used; says why and what to do, and never what is in it."""


class Settings(Record):
    """urls: apprise's, each with its secrets. quiet: from, to, by this machine's clock; messages wait for its end.

    digest: a time of day from which one message of what is not in order is sent, once a day; None for none.
    """

    urls: tuple[str, ...] = ()
    quiet: Annotated[tuple[Clock, Clock] | None, Field()] = None
    digest: Clock | None = None

    def is_quiet(self, now: datetime) -> bool:
        """Whether messages wait now; a span may go past midnight."""
        if self.quiet is None:
            return False
        begin, end = (time.fromisoformat(each) for each in self.quiet)
        at = now.time()
        return begin <= at < end if begin <= end else at >= begin or at < end

    def digest_due(self, now: datetime, last: datetime | None) -> bool:
        """Whether the day's digest is to be sent now; ``last``: when one was sent."""
        if self.digest is None or self.is_quiet(now):
            return False
        due = datetime.combine(now.date(), time.fromisoformat(self.digest))
        return now >= due and (last is None or last < due)


def read_settings(path: Path) -> Settings:
    """The settings; none at all where there is no file. Raises BadSettings, also where others may read it."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return Settings()
    if stat.S_IMODE(mode) & 0o077:
        raise BadSettings(
            f"{path}: expected mode 600, because it holds secrets, found {stat.S_IMODE(mode):o}; chmod 600 it. "
            "Nobody was told"
        )
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        lists = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
        return Settings.model_validate(lists)
    except ValidationError as error:
        # Only where and what, never the value: it may be a password.
        mistakes = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise BadSettings(f"{path}: {mistakes}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: no TOML; expected, for example:\n{EXAMPLE}") from error
