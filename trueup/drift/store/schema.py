"""Name the tables for queries; migrations/versions creates them.

An item that stays as it is adds no row. A period is a time in which an item had one outcome: from one run to the run
that found another, or open (NULL). Runs are ordered by their id, so a clock that jumps changes no order.
"""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

metadata = MetaData()


def _id() -> "Column[int]":
    return Column("id", Integer, primary_key=True)


def _of(name: str, other: str, *, nullable: bool = False) -> "Column[int]":
    return Column(name, Integer, ForeignKey(f"{other}.id"), nullable=nullable)


def _text(name: str) -> "Column[str]":
    return Column(name, Text, nullable=False, server_default="")


# items: which ones the run looked at, as a set that unchanged runs share (coverages).
runs = Table(
    "runs",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),
    Column("started", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    _text("kind"),
    _text("tier"),
    Column("status", Integer, nullable=False),
    _text("versions"),
    _of("coverage", "coverages"),
    sqlite_autoincrement=True,
)
coverages = Table(
    "coverages", metadata, _id(), Column("digest", Text, unique=True), Column("packed", LargeBinary, nullable=False)
)
# removed: 1 when the inventory no longer has the node; maintenance: why it is left alone, until when.
nodes = Table(
    "nodes",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    _text("machine"),
    _text("boot"),
    _text("packages"),
    _text("profile"),
    _text("maintenance"),
    Column("simulated", Integer, nullable=False, server_default="0"),
    Column("removed", Integer, nullable=False, server_default="0"),
)
checks = Table(
    "checks",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    _text("component"),
    _text("kind"),
    _text("tier"),
    _text("why"),
)
# retired: 1 when a complete run no longer asked it. boot: of the last look.
items = Table(
    "items",
    metadata,
    _id(),
    _of("node", "nodes"),
    _of("check_id", "checks"),
    _of("first_run", "runs"),
    _text("boot"),
    Column("retired", Integer, nullable=False, server_default="0"),
    UniqueConstraint("node", "check_id"),
)
periods = Table(
    "periods",
    metadata,
    _id(),
    _of("item", "items"),
    Column("outcome", Text, nullable=False),
    _of("since", "runs"),
    _of("until", "runs", nullable=True),
    _text("expected"),
    _text("actual"),
    _text("remedy"),
    _text("notes"),
    Index("periods_of_item", "item", "until"),
    Index("periods_since", "since"),
)
# What else happened: a boot, an edited profile, other packages, a heal, a clock that went back. node NULL: the fleet.
events = Table(
    "events",
    metadata,
    _id(),
    _of("run", "runs"),
    _of("node", "nodes", nullable=True),
    _text("kind"),
    _text("text"),
    Index("events_of_run", "run"),
)
# The last few raw samples at performance items, of which N of M must fail.
samples = Table(
    "samples",
    metadata,
    _id(),
    _of("item", "items"),
    _of("run", "runs"),
    Column("failed", Integer, nullable=False),
    _text("boot"),
    Index("samples_of_item", "item"),
)
# last: the value that was kept last; one within its band of it is not kept again.
series = Table(
    "series",
    metadata,
    _id(),
    _of("node", "nodes"),
    _text("name"),
    Column("last", Float, nullable=False),
    UniqueConstraint("node", "name"),
)
measures = Table(
    "measures",
    metadata,
    _id(),
    _of("series", "series"),
    _of("run", "runs"),
    Column("value", Float, nullable=False),
    Index("measures_of_series", "series", "run"),
)
# One alert: incidents that are notified together.
alerts = Table("alerts", metadata, _id(), _of("opened", "runs"), _of("closed", "runs", nullable=True))
members = Table(
    "alert_items",
    metadata,
    _id(),
    _of("alert", "alerts"),
    _of("item", "items"),
    _of("joined", "runs"),
    _of("healed", "runs", nullable=True),
    Index("members_of_alert", "alert"),
)
# created, sent: seconds since 1970; attempts: how often a receiver did not take it.
outbox = Table(
    "outbox",
    metadata,
    _id(),
    _of("alert", "alerts"),
    _text("kind"),
    _text("title"),
    _text("body"),
    Column("created", Float, nullable=False),
    Column("sent", Float),
    Column("attempts", Integer, nullable=False, server_default="0"),
)
