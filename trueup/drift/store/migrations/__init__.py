"""Bring the store to this trueup's version, by Alembic.

A version that was released never changes: each file in versions/ has literal DDL of its own, apart from schema.py.
"""

from pathlib import Path

from sqlalchemy import Connection, column, select, table

VERSION = 1
VERSION_TABLE = "trueup_version"
FOLDER = Path(__file__).parent


def stored_version(connection: Connection) -> int:
    """Read the version of a store that has one."""
    return int(connection.execute(select(column("version_num")).select_from(table(VERSION_TABLE))).scalar_one())


def upgrade(connection: Connection, locations: tuple[Path, ...] = (FOLDER / "versions",)) -> None:
    """Run every step that the store has not had, in the connection's transaction.

    Args:
        connection: Holds the write lock.
        locations: The folders of the steps.
    """
    # A store that needs no step, which is almost every one, pays nothing for Alembic's import.
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", _escaped(FOLDER))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(_escaped, locations)))
    command.upgrade(config, "head")


def _escaped(path: Path) -> str:
    # Alembic reads its options with configparser's interpolation.
    return str(path).replace("%", "%%")
