"""The schema's history: from nothing to today on both databases, and no start on one that does not fit."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, ForeignKey, Integer, MetaData, String, Table, inspect, text
from sqlalchemy.schema import Column

from paywall import schema
from paywall.database import Base, Database
from paywall.schema import SchemaMismatch, SchemaState


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    database = Database(empty_database_url)
    yield database
    database.close()


@pytest.fixture
def migrated(empty: Database) -> Database:
    schema.migrate(empty)
    return empty


OLD_TABLES = ("publishers", "readers", "customers", "subscriptions", "invoices", "outbox_mails")
"""Tables of the first schema, in an order in which rows may be added."""


def some_row(table: Table) -> dict[str, object]:
    """Return a row that says something in every column that must say something."""
    words: dict[type, object] = {bool: True, int: 1, datetime: datetime(2026, 11, 23, 9, tzinfo=UTC), dict: {}}
    needed = [column for column in table.columns if not column.nullable]
    return {column.name: words.get(column.type.python_type, column.name) for column in needed}


class TestMigrating:
    def test_an_empty_database_becomes_current(self, empty: Database) -> None:
        assert schema.state(empty) is SchemaState.EMPTY
        schema.migrate(empty)
        assert schema.state(empty) is SchemaState.CURRENT

    def test_the_second_time_nothing_is_done(self, migrated: Database) -> None:
        said: list[str] = []
        schema.migrate(migrated, said.append)
        assert said == ["the schema is current"]

    def test_the_migrations_make_exactly_the_tables_of_the_code(self, migrated: Database) -> None:
        with migrated.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"include_object": schema.is_ours})
            assert compare_metadata(context, Base.metadata) == []

    def test_they_make_its_check_constraints_too(self, migrated: Database) -> None:
        """Alembic's comparison does not see them."""
        wanted = {
            constraint.name
            for table in Base.metadata.tables.values()
            for constraint in table.constraints
            if isinstance(constraint, CheckConstraint)
        }
        inspector = inspect(migrated.engine)
        found = {check["name"] for table in Base.metadata.tables for check in inspector.get_check_constraints(table)}
        assert wanted
        assert wanted == found

    def test_they_have_sqlite_remember_the_numbers_that_are_never_given_again(self, tmp_path: Path) -> None:
        """Alembic's comparison does not see that either; PostgreSQL always remembers."""
        database = Database(f"sqlite:///{tmp_path / 'numbers.sqlite3'}")
        schema.migrate(database)
        wanted = {name for name, one in Base.metadata.tables.items() if one.dialect_options["sqlite"]["autoincrement"]}
        with database.engine.connect() as connection:
            made = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
            assert set(connection.scalars(text(made))) == wanted
        database.close()
        assert "webhook_deliveries" in wanted

    def test_the_way_back_leaves_nothing(self, migrated: Database) -> None:
        with migrated.engine.connect() as connection:
            command.downgrade(schema._config(connection), "base")
            connection.commit()
        assert set(inspect(migrated.engine).get_table_names()) <= {"alembic_version"}

    def test_tables_of_others_in_the_same_database_are_left_alone(self, empty: Database) -> None:
        with empty.engine.begin() as connection:
            connection.execute(text("CREATE TABLE somebody_elses (id integer)"))
        schema.migrate(empty)
        assert "somebody_elses" in inspect(empty.engine).get_table_names()


class TestChildRows:
    def test_changing_a_table_on_sqlite_keeps_the_rows_that_point_to_it(self, empty: Database) -> None:
        """Batch mode copies and drops the table; with foreign keys on that deleted every child row."""
        metadata = MetaData()
        Table("parents", metadata, Column("id", Integer, primary_key=True), Column("name", String))
        child = ForeignKey("parents.id", ondelete="CASCADE")
        Table("children", metadata, Column("id", Integer, primary_key=True), Column("parent_id", Integer, child))
        metadata.create_all(empty.engine)
        with empty.engine.begin() as connection:
            connection.execute(text("INSERT INTO parents VALUES (1, 'a')"))
            connection.execute(text("INSERT INTO children VALUES (1, 1)"))
        schema.migrate(empty)
        with empty.engine.connect() as connection:
            with schema.tables_may_change(connection):
                operations = Operations(MigrationContext.configure(connection))
                with operations.batch_alter_table(
                    "parents", recreate="always" if empty.is_sqlite else "auto"
                ) as parents:
                    parents.alter_column("name", new_column_name="title")
            connection.commit()
        with empty.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM children")) == 1

    def test_a_row_that_points_to_nothing_stops_the_migration(self, tmp_path: Path) -> None:
        """PostgreSQL does not let such a row in at all."""
        with Database(f"sqlite:///{tmp_path / 'p.sqlite3'}").engine.connect() as connection:
            connection.execute(text("PRAGMA foreign_keys=OFF"))
            connection.execute(text("CREATE TABLE p (id INTEGER PRIMARY KEY)"))
            connection.execute(text("CREATE TABLE c (p_id INTEGER REFERENCES p (id))"))
            connection.execute(text("INSERT INTO c VALUES (7)"))
            with pytest.raises(ValueError, match="point to rows that are gone"):
                schema.check_foreign_keys(connection)


class TestComingFromTheFirstSchema:
    """What was in a database before is in it afterwards."""

    @pytest.fixture
    def upgraded(self, empty: Database) -> Database:
        with empty.engine.connect() as connection:
            command.upgrade(schema._config(connection), "0001")
            old = MetaData()
            old.reflect(connection)
            for name in OLD_TABLES:
                connection.execute(old.tables[name].insert(), some_row(old.tables[name]))
            connection.commit()
        schema.migrate(empty)
        return empty

    def test_keeps_readers_subscriptions_invoices_and_mails(self, upgraded: Database) -> None:
        with upgraded.engine.connect() as connection:
            counts = [connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in OLD_TABLES]  # noqa: S608
            assert counts == [1] * len(OLD_TABLES)
            assert connection.execute(text("SELECT reader_id, tax_minor, reason FROM invoices")).one() == (1, 0, "")
            assert connection.scalar(text("SELECT count(*) FROM outbox_mails WHERE written_at = created_at")) == 1

    def test_lets_the_books_outlive_a_reader(self, upgraded: Database) -> None:
        with upgraded.engine.begin() as connection:
            connection.execute(text("DELETE FROM readers"))
            assert connection.execute(text("SELECT reader_id, paid_minor FROM invoices")).one() == (None, 1)


class TestStarting:
    def _set_revision(self, database: Database, revision: str) -> None:
        with database.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})

    def test_an_empty_database_is_told_what_to_run(self, empty: Database) -> None:
        with pytest.raises(SchemaMismatch, match="paywall migrate"):
            schema.require_current(empty)

    def test_a_newer_schema_is_refused_and_never_written(self, migrated: Database) -> None:
        self._set_revision(migrated, "9999")
        with pytest.raises(SchemaMismatch, match="newer"):
            schema.require_current(migrated)
        with pytest.raises(SchemaMismatch, match="newer"):
            schema.migrate(migrated)
        assert schema.state(migrated) is SchemaState.NEWER

    def test_a_current_schema_is_let_through(self, migrated: Database) -> None:
        schema.require_current(migrated)
