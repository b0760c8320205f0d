"""The audit: who did what to whom, and nobody can undo that it says so."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from paywall import audit, schema
from paywall.audit import AuditEntry
from paywall.database import Database
from tests.databases import make_tables


class TestTheAudit:
    def test_a_deed_is_kept_with_its_detail(self, database: Database) -> None:
        with database.writing() as session:
            audit.write(session, 1, "stripe", "subscription_started", "reader:7", plan="digital")
        with database.reading() as session:
            entry = session.scalars(select(AuditEntry)).one()
        assert (entry.actor, entry.action, entry.detail) == ("stripe", "subscription_started", {"plan": "digital"})
        assert entry.network is None

    def test_it_says_where_staff_did_it_from(self, database: Database) -> None:
        with database.writing() as session, audit.done_from("192.0.2.0/24"):
            audit.write(session, 1, "staff:1", "comp_given", "reader:7")
        with database.writing() as session:
            audit.write(session, 1, "sweep", "renewal_extended", "reader:7")
        with database.reading() as session:
            networks = session.scalars(select(AuditEntry.network).order_by(AuditEntry.id)).all()
        assert networks == ["192.0.2.0/24", None]


class TestNothingIsTakenBack:
    """Whether the tables were made by the code or by migrations."""

    @pytest.fixture(params=["made", "migrated"])
    def kept(self, request: pytest.FixtureRequest, empty_database_url: str) -> Iterator[Database]:
        database = Database(empty_database_url)
        if request.param == "made":
            make_tables(empty_database_url)
        else:
            schema.migrate(database)
        with database.writing() as session:
            audit.write(session, 1, "staff:1", "comp_given", "reader:7")
        yield database
        database.close()

    def still_there(self, database: Database) -> bool:
        with database.reading() as session:
            return session.execute(select(AuditEntry.actor, AuditEntry.action)).all() == [("staff:1", "comp_given")]

    def test_an_update_is_refused(self, kept: Database) -> None:
        with pytest.raises(IntegrityError, match="append-only: update is refused"), kept.writing() as session:
            session.execute(update(AuditEntry).values(actor="nobody"))
        assert self.still_there(kept)

    def test_a_delete_is_refused(self, kept: Database) -> None:
        with pytest.raises(IntegrityError, match="append-only: delete is refused"), kept.writing() as session:
            session.execute(delete(AuditEntry))
        assert self.still_there(kept)

    def test_so_is_one_by_way_of_the_row(self, kept: Database) -> None:
        with pytest.raises(IntegrityError, match="append-only"), kept.writing() as session:
            session.scalars(select(AuditEntry)).one().actor = "nobody"
        with pytest.raises(IntegrityError, match="append-only"), kept.writing() as session:
            session.delete(session.scalars(select(AuditEntry)).one())
        assert self.still_there(kept)

    def test_nor_is_a_row_replaced_or_the_table_emptied(self, kept: Database) -> None:
        with kept.reading() as session:
            row = dict(session.execute(select(AuditEntry.__table__)).mappings().one())
        with pytest.raises(IntegrityError), kept.writing() as session:
            if kept.is_sqlite:
                session.execute(insert(AuditEntry).prefix_with("OR REPLACE"), {**row, "actor": "nobody"})
            else:
                session.execute(text("TRUNCATE audit_entries"))
        assert self.still_there(kept)

    def test_adding_goes_on(self, kept: Database) -> None:
        with kept.writing() as session:
            audit.write(session, 1, "staff:1", "comp_ended", "reader:7")
        with kept.reading() as session:
            assert session.scalar(select(func.count()).select_from(AuditEntry)) == 2
