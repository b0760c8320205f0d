"""Alembic's entry: runs the migrations on SQLite or PostgreSQL, over the connection that `paywall.schema` hands in."""

from alembic import context
from sqlalchemy import Connection

from paywall import schema
from paywall.database import Base

schema.load_tables()


def run(connection: Connection) -> None:
    with schema.tables_may_change(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            include_object=schema.is_ours,
        )
        with context.begin_transaction():
            context.run_migrations()


run(context.config.attributes["connection"])
