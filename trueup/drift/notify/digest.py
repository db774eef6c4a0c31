"""Once a day: what is not in order, in one message; silence would look the same as a dead checker."""

import json
from datetime import datetime
from pathlib import Path

from trueup.drift.notify.outbox import Send
from trueup.drift.notify.settings import Settings
from trueup.drift.store.current import CurrentItem
from trueup.files import write_atomic
from trueup.outcome import Outcome

LINES = 40


def digest(settings: Settings, stamp: Path, now: datetime, items: tuple[CurrentItem, ...], send_one: Send) -> list[str]:
    """Send the day's digest where it is due, and note that in ``stamp``; what went wrong."""
    if not settings.urls or not settings.digest_due(now, _last(stamp)):
        return []
    title, body = text(items)
    failures = [why for url in settings.urls if (why := send_one(url, title, body))]
    if len(failures) < len(settings.urls):
        write_atomic(stamp, json.dumps({"sent": now.isoformat()}))
    return [f"{title}: not delivered: {why}" for why in failures]


def text(items: tuple[CurrentItem, ...]) -> tuple[str, str]:
    """Title and body."""
    wrong = [one for one in items if one.outcome in (Outcome.FAIL, Outcome.UNKNOWN)]
    nodes = len({one.node for one in wrong})
    title = (
        f"trueup digest: {len(wrong)} items on {nodes} nodes are not in order" if wrong else "trueup digest: in sync"
    )
    lines = [f"{one.node}: {one.check}: {one.outcome}" for one in wrong[:LINES]]
    more = [f"... and {len(wrong) - LINES} more"] if len(wrong) > LINES else []
    return title, "\n".join([*lines, *more]) or f"{len(items)} items are in order."


def _last(stamp: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads(stamp.read_text(encoding="utf-8"))["sent"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        # A stamp that cannot be read means that one digest may be sent twice, never that none is.
        return None
