"""What is in the outbox goes to the receivers: once each, not in quiet hours, and again only where it failed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from trueup.drift.notify.send import send
from trueup.drift.notify.settings import Settings
from trueup.drift.store import Store
from trueup.drift.store.schema import outbox

# A receiver that was down for days gets one message with all of it, not hundreds.
MAX_MESSAGES = 5
Send = Callable[[str, str, str], str]


@dataclass(frozen=True)
class Message:
    """One message, and the rows of the outbox that it settles."""

    title: str
    body: str
    rows: tuple[int, ...]


def deliver(store: Store, settings: Settings, now: datetime, send_one: Send = send) -> tuple[int, list[str]]:
    """Send what waits; how many messages went, and what went wrong. Raises StoreError.

    A row is settled when every receiver took its message, or where nobody is to be told.
    """
    with store.reading() as db:
        waiting = db.execute(select(outbox).where(outbox.c.sent.is_(None)).order_by(outbox.c.id)).all()
    if not waiting:
        return 0, []
    if not settings.urls:
        _settle(store, [row.id for row in waiting], now)
        return 0, []
    if settings.is_quiet(now):
        return 0, []
    went, wrong = 0, []
    for message in combine(list(waiting)):
        failures = [why for url in settings.urls if (why := send_one(url, message.title, message.body))]
        wrong += [f"{message.title}: not delivered: {why}; it is tried again at the next run" for why in failures]
        if len(failures) < len(settings.urls):
            # Somebody was told; telling all again because one receiver is down would be one page too many.
            _settle(store, list(message.rows), now)
            went += 1
        else:
            with store.writing() as db:
                tried = update(outbox).where(outbox.c.id.in_(message.rows))
                db.execute(tried.values(attempts=outbox.c.attempts + 1))
    return went, wrong


def combine(waiting: "list[Row[Any]]") -> list[Message]:
    """One message a row; but what opened and closed while nobody could be told is one line, and many are one digest."""
    if len(waiting) <= MAX_MESSAGES and len({row.alert for row in waiting}) == len(waiting):
        return [Message(row.title, row.body, (row.id,)) for row in waiting]
    by_alert: dict[int, list[Row[Any]]] = {}
    for row in waiting:
        by_alert.setdefault(row.alert, []).append(row)
    if len(by_alert) <= MAX_MESSAGES:
        return [
            Message(rows[-1].title, "\n".join(f"{row.kind}: {row.body}" for row in rows), tuple(row.id for row in rows))
            for rows in by_alert.values()
        ]
    lines = "\n".join(rows[-1].title for rows in by_alert.values())
    title = f"trueup: {len(by_alert)} alerts since the last message"
    return [Message(title, lines, tuple(row.id for row in waiting))]


def _settle(store: Store, ids: list[int], now: datetime) -> None:
    with store.writing() as db:
        for each in ids:
            db.execute(update(outbox).where(outbox.c.id == each).values(sent=now.timestamp()))
