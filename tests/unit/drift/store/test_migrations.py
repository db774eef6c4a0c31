"""Versions of the store: the frozen first one, and the way to a later one."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from tests.unit.drift.factories import bad, good, run
from trueup.drift.store import Store
from trueup.drift.store.import_run import write
from trueup.drift.store.migrations import FOLDER, VERSION, VERSION_TABLE, stored_version, upgrade
from trueup.drift.store.schema import metadata

LATER = '''"""Add the rack of a node."""

from alembic import op
from sqlalchemy import Column, Text

revision = "2"
down_revision = "1"


def upgrade() -> None:
    op.add_column("nodes", Column("rack", Text, nullable=False, server_default=""))
'''


def later_step(folder: Path) -> tuple[Path, ...]:
    """Write a step to version 2, which only tests have; return the locations of all steps."""
    (folder / "v2.py").write_text(LATER)
    return (FOLDER / "versions", folder)


def test_version_is_that_of_the_last_step() -> None:
    """A step that nobody counted would never run."""
    assert str(VERSION) == ScriptDirectory(str(FOLDER)).get_current_head()


def test_queries_see_the_tables_that_the_steps_make(store: Store) -> None:
    """The live schema and the frozen DDL are two texts of one thing."""

    def ours(_item: object, name: str | None, *_rest: object) -> bool:
        return name != VERSION_TABLE

    with store.reading() as db:
        context = MigrationContext.configure(db, opts={"include_object": ours})
        found = compare_metadata(context, metadata)

    assert [] == found


def test_later_step_keeps_the_history(store: Store, tmp_path: Path) -> None:
    """A step changes the tables, not what is in them."""
    write(store, run([bad("n1"), *good()[1:]]))
    with store.writing() as db:
        upgrade(db, later_step(tmp_path))
    with store.reading() as db:
        version, columns = stored_version(db), {column["name"] for column in inspect(db).get_columns("nodes")}

    assert (2, True) == (version, "rack" in columns)
    assert 2 == write(store, run(good(), hour=1)).number
