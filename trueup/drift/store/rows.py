"""A new row, and its id."""

from typing import Any

from sqlalchemy import Connection, Table, insert


def add(db: Connection, table: Table, **values: Any) -> int:
    """Insert one row; its id."""
    key = db.execute(insert(table).values(**values)).inserted_primary_key
    if key is None:
        raise LookupError(f"{table.name}: the database gave no id for a new row")
    return int(key[0])
