"""Create version 1 of the store."""

from alembic import op
from sqlalchemy import (
    Column,
    Float,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

revision = "1"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    _runs()
    _items()
    _measures()
    _alerts()


def _runs() -> None:
    op.create_table(
        "coverages",
        Column("id", Integer, nullable=False),
        Column("digest", Text, nullable=True),
        Column("packed", LargeBinary, nullable=False),
        PrimaryKeyConstraint("id"),
        UniqueConstraint("digest"),
    )
    op.create_table(
        "runs",
        Column("id", Integer, nullable=False),
        Column("key", Text, nullable=False),
        Column("started", Float, nullable=False),
        Column("seconds", Float, nullable=False),
        Column("kind", Text, nullable=False, server_default=""),
        Column("tier", Text, nullable=False, server_default=""),
        Column("status", Integer, nullable=False),
        Column("versions", Text, nullable=False, server_default=""),
        Column("coverage", Integer, nullable=False),
        PrimaryKeyConstraint("id"),
        UniqueConstraint("key"),
        ForeignKeyConstraint(["coverage"], ["coverages.id"]),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "nodes",
        Column("id", Integer, nullable=False),
        Column("name", Text, nullable=False),
        Column("machine", Text, nullable=False, server_default=""),
        Column("boot", Text, nullable=False, server_default=""),
        Column("packages", Text, nullable=False, server_default=""),
        Column("profile", Text, nullable=False, server_default=""),
        Column("maintenance", Text, nullable=False, server_default=""),
        Column("simulated", Integer, nullable=False, server_default="0"),
        Column("removed", Integer, nullable=False, server_default="0"),
        PrimaryKeyConstraint("id"),
        UniqueConstraint("name"),
    )
    op.create_table(
        "events",
        Column("id", Integer, nullable=False),
        Column("run", Integer, nullable=False),
        Column("node", Integer, nullable=True),
        Column("kind", Text, nullable=False, server_default=""),
        Column("text", Text, nullable=False, server_default=""),
        PrimaryKeyConstraint("id"),
        ForeignKeyConstraint(["run"], ["runs.id"]),
        ForeignKeyConstraint(["node"], ["nodes.id"]),
    )
    op.create_index("events_of_run", "events", ["run"])


def _items() -> None:
    op.create_table(
        "checks",
        Column("id", Integer, nullable=False),
        Column("name", Text, nullable=False),
        Column("component", Text, nullable=False, server_default=""),
        Column("kind", Text, nullable=False, server_default=""),
        Column("tier", Text, nullable=False, server_default=""),
        Column("why", Text, nullable=False, server_default=""),
        PrimaryKeyConstraint("id"),
        UniqueConstraint("name"),
    )
    op.create_table(
        "items",
        Column("id", Integer, nullable=False),
        Column("node", Integer, nullable=False),
        Column("check_id", Integer, nullable=False),
        Column("first_run", Integer, nullable=False),
        Column("boot", Text, nullable=False, server_default=""),
        Column("retired", Integer, nullable=False, server_default="0"),
        PrimaryKeyConstraint("id"),
        UniqueConstraint("node", "check_id"),
        ForeignKeyConstraint(["node"], ["nodes.id"]),
        ForeignKeyConstraint(["check_id"], ["checks.id"]),
        ForeignKeyConstraint(["first_run"], ["runs.id"]),
    )
    op.create_table(
        "periods",
        Column("id", Integer, nullable=False),
        Column("item", Integer, nullable=False),
        Column("outcome", Text, nullable=False),
        Column("since", Integer, nullable=False),
        Column("until", Integer, nullable=True),
        Column("expected", Text, nullable=False, server_default=""),
        Column("actual", Text, nullable=False, server_default=""),
        Column("remedy", Text, nullable=False, server_default=""),
        Column("notes", Text, nullable=False, server_default=""),
        PrimaryKeyConstraint("id"),
        ForeignKeyConstraint(["item"], ["items.id"]),
        ForeignKeyConstraint(["since"], ["runs.id"]),
        ForeignKeyConstraint(["until"], ["runs.id"]),
    )
    op.create_index("periods_of_item", "periods", ["item", "until"])
    op.create_index("periods_since", "periods", ["since"])
    op.create_table(
        "samples",
        Column("id", Integer, nullable=False),
        Column("item", Integer, nullable=False),
        Column("run", Integer, nullable=False),
        Column("failed", Integer, nullable=False),
        Column("boot", Text, nullable=False, server_default=""),
        PrimaryKeyConstraint("id"),
        ForeignKeyConstraint(["item"], ["items.id"]),
        ForeignKeyConstraint(["run"], ["runs.id"]),
    )
    op.create_index("samples_of_item", "samples", ["item"])


def _measures() -> None:
    op.create_table(
        "series",
        Column("id", Integer, nullable=False),
        Column("node", Integer, nullable=False),
        Column("name", Text, nullable=False, server_default=""),
        Column("last", Float, nullable=False),
        PrimaryKeyConstraint("id"),
        UniqueConstraint("node", "name"),
        ForeignKeyConstraint(["node"], ["nodes.id"]),
    )
    op.create_table(
        "measures",
        Column("id", Integer, nullable=False),
        Column("series", Integer, nullable=False),
        Column("run", Integer, nullable=False),
        Column("value", Float, nullable=False),
        PrimaryKeyConstraint("id"),
        ForeignKeyConstraint(["series"], ["series.id"]),
        ForeignKeyConstraint(["run"], ["runs.id"]),
    )
    op.create_index("measures_of_series", "measures", ["series", "run"])


def _alerts() -> None:
    op.create_table(
        "alerts",
        Column("id", Integer, nullable=False),
        Column("opened", Integer, nullable=False),
        Column("closed", Integer, nullable=True),
        PrimaryKeyConstraint("id"),
        ForeignKeyConstraint(["opened"], ["runs.id"]),
        ForeignKeyConstraint(["closed"], ["runs.id"]),
    )
    op.create_table(
        "alert_items",
        Column("id", Integer, nullable=False),
        Column("alert", Integer, nullable=False),
        Column("item", Integer, nullable=False),
        Column("joined", Integer, nullable=False),
        Column("healed", Integer, nullable=True),
        PrimaryKeyConstraint("id"),
        ForeignKeyConstraint(["alert"], ["alerts.id"]),
        ForeignKeyConstraint(["item"], ["items.id"]),
        ForeignKeyConstraint(["joined"], ["runs.id"]),
        ForeignKeyConstraint(["healed"], ["runs.id"]),
    )
    op.create_index("members_of_alert", "alert_items", ["alert"])
    op.create_table(
        "outbox",
        Column("id", Integer, nullable=False),
        Column("alert", Integer, nullable=False),
        Column("kind", Text, nullable=False, server_default=""),
        Column("title", Text, nullable=False, server_default=""),
        Column("body", Text, nullable=False, server_default=""),
        Column("created", Float, nullable=False),
        Column("sent", Float, nullable=True),
        Column("attempts", Integer, nullable=False, server_default="0"),
        PrimaryKeyConstraint("id"),
        ForeignKeyConstraint(["alert"], ["alerts.id"]),
    )
