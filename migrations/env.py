"""Alembic's entry: runs the migrations on SQLite or PostgreSQL, over the connection that `paywall.schema` hands in.

On SQLite a changed table is copied and dropped ("batch mode"). With foreign keys on, dropping the old table would
delete every row that points to it, so they are off while migrating and everything is checked before the commit.
"""

from alembic import context
from sqlalchemy import Connection, text

from paywall import schema
from paywall.database import Base

schema.load_tables()


def run(connection: Connection) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        connection.execute(text("PRAGMA foreign_keys=OFF"))
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=is_sqlite,
        compare_type=True,
        transaction_per_migration=False,
        include_object=schema.is_ours,
    )
    with context.begin_transaction():
        context.run_migrations()
        if is_sqlite:
            schema.check_foreign_keys(connection)
    if is_sqlite:
        connection.execute(text("PRAGMA foreign_keys=ON"))


run(context.config.attributes["connection"])
