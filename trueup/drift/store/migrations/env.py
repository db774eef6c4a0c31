"""Run Alembic's steps on the connection that upgrade() gives."""

from alembic import context

from trueup.drift.store.migrations import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
context.run_migrations()
