"""Steps from one version of the store to the next; each is one transaction and is never edited once released."""

from collections.abc import Callable

from sqlalchemy import Connection

from trueup.drift.store.schema import (
    checks,
    coverages,
    events,
    incidents,
    items,
    looks,
    measures,
    members,
    metadata,
    nodes,
    outbox,
    runs,
    schema,
    series,
    spans,
)

_HISTORY = [schema, coverages, runs, nodes, checks, items, spans, events, looks, series, measures]
_ALERTS = [incidents, members, outbox]


def _history(connection: Connection) -> None:
    metadata.create_all(connection, tables=_HISTORY)


def _alerts(connection: Connection) -> None:
    metadata.create_all(connection, tables=_ALERTS)


STEPS: tuple[Callable[[Connection], None], ...] = (_history, _alerts)
VERSION = len(STEPS)
