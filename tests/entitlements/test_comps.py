"""The right to read, given away."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from paywall import clock
from paywall.audit import AuditEntry
from paywall.database import Database
from paywall.entitlements.comps import give_comp
from paywall.entitlements.reading import entitlements_of
from paywall.entitlements.rules import Standing
from paywall.entitlements.tables import EntitlementRow
from paywall.errors import BadInput, NotFound
from paywall.publishers.rules import Profile
from paywall.readers.tables import Reader


@pytest.fixture
def reader_id(database: Database, publisher: Profile) -> int:
    with database.writing() as session:
        row = Reader(
            publisher_id=publisher.id,
            email="a@example.org",
            email_normalized="a@example.org",
            fs_uniquifier="a",
            created_at=clock.now(),
        )
        session.add(row)
        session.flush()
        return row.id


class TestAComp:
    def test_lets_a_reader_in_until_it_ends(self, database: Database, publisher: Profile, reader_id: int) -> None:
        with database.writing() as session:
            give_comp(session, publisher.id, reader_id, days=30, reason="Wrote us a letter", actor="command line")
        with database.reading() as session:
            (held,) = entitlements_of(session, reader_id)
        now = clock.now()
        assert held.standing is Standing.COMP
        assert held.grants_access(now + timedelta(days=29))
        assert not held.grants_access(now + timedelta(days=31))

    def test_is_audited_without_the_readers_name(self, database: Database, publisher: Profile, reader_id: int) -> None:
        with database.writing() as session:
            give_comp(session, publisher.id, reader_id, days=7, reason="Sorry", actor="command line")
        with database.reading() as session:
            (deed,) = session.scalars(select(AuditEntry))
            (row,) = session.scalars(select(EntitlementRow))
        assert (deed.actor, deed.action, deed.subject) == ("command line", "comp_given", f"reader:{reader_id}")
        assert row.reason == "Sorry"

    @pytest.mark.parametrize("days", [0, -1, 3661, 10**12])
    def test_of_an_impossible_length_is_refused(
        self, database: Database, publisher: Profile, reader_id: int, days: int
    ) -> None:
        with pytest.raises(BadInput) as refused, database.writing() as session:
            give_comp(session, publisher.id, reader_id, days=days, reason="x", actor="command line")
        assert refused.value.field == "days"

    @pytest.mark.parametrize("reason", ["", "   ", "a\x00b", "a\nb", "\ud800", "x" * 501])
    def test_without_a_decent_reason_is_refused(
        self, database: Database, publisher: Profile, reader_id: int, reason: str
    ) -> None:
        with pytest.raises(BadInput) as refused, database.writing() as session:
            give_comp(session, publisher.id, reader_id, days=1, reason=reason, actor="command line")
        assert refused.value.field == "reason"

    def test_is_never_given_to_another_publishers_reader(
        self, database: Database, publisher: Profile, reader_id: int
    ) -> None:
        with pytest.raises(NotFound), database.writing() as session:
            give_comp(session, publisher.id + 1, reader_id, days=1, reason="x", actor="command line")
