"""The ground under every room: sessions and their writers, changes, the outbox, the audit, times."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, text

from paywall import audit, changes, clock, outbox
from paywall.changes import Change, ChangeFollower, ChangeKind
from paywall.database import Database, insert_once
from paywall.outbox import Mail, OutboxMail
from paywall.publishers.rules import Profile
from paywall.publishers.tables import Publisher

MAIL = Mail("reader@example.org", "Your receipt", "Thank you.", "<p>Thank you.</p>")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def post(database: Database, cause: str = "invoice:1") -> bool:
    with database.writing() as session:
        return outbox.post(session, 1, "receipt", cause, MAIL)


class TestWriting:
    def test_read_modify_write_by_eight_threads_loses_nothing(self, database: Database, publisher: Profile) -> None:
        def twenty_times() -> None:
            for _ in range(20):
                with database.writing() as session:
                    row = session.get_one(Publisher, publisher.id, with_for_update=True)
                    row.preview_words += 1

        threads = [threading.Thread(target=twenty_times) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with database.reading() as session:
            assert session.get_one(Publisher, publisher.id).preview_words == 100 + 8 * 20

    def test_a_reader_does_not_hold_the_writer_lock(self, database: Database, publisher: Profile) -> None:
        with database.reading() as reading:
            reading.get_one(Publisher, publisher.id)
            with database.writing() as writing:
                writing.get_one(Publisher, publisher.id).name = "Renamed"
        with database.reading() as session:
            assert session.get_one(Publisher, publisher.id).name == "Renamed"

    def test_an_exception_stores_nothing(self, database: Database, publisher: Profile) -> None:
        with pytest.raises(RuntimeError), database.writing() as session:
            session.get_one(Publisher, publisher.id).name = "Half"
            session.flush()
            raise RuntimeError
        with database.reading() as session:
            assert session.get_one(Publisher, publisher.id).name == "The News"

    def test_a_savepoint_undoes_only_its_own_part(self, database: Database, publisher: Profile) -> None:
        session = database.session()
        row = session.get_one(Publisher, publisher.id)
        row.name = "Kept"
        session.flush()
        with pytest.raises(RuntimeError), session.begin_nested():
            row.description = "Undone"
            session.flush()
            raise RuntimeError
        session.commit()
        with database.reading() as fresh:
            stored = fresh.get_one(Publisher, publisher.id)
            assert (stored.name, stored.description) == ("Kept", "")

    def test_insert_once_tells_the_first_from_the_second(self, database: Database) -> None:
        assert [post(database), post(database), post(database, "invoice:2")] == [True, False, True]
        with database.writing() as session:
            assert insert_once(session, Publisher, {"slug": "x", "name": "X", **_DEFAULTS})


_DEFAULTS = {
    "description": "", "timezone": "UTC", "language": "en", "accent": "#000000", "contact_email": "",
    "registration_wall": False, "preview_words": 100, "invitation_headline": "", "invitation_text": "",
    "invitation_button": "",
}  # fmt: skip


class TestInstants:
    def test_they_come_back_in_utc_whatever_zone_they_went_in_with(self, database: Database) -> None:
        baku = datetime(2026, 11, 23, 16, tzinfo=timezone(timedelta(hours=4)))
        post(database)
        with database.writing() as session:
            outbox.mark_sent(session, 1, baku)
        with database.reading() as session:
            stored = session.get_one(OutboxMail, 1).sent_at
        assert stored == baku
        assert stored is not None
        assert stored.tzinfo is UTC

    def test_a_time_without_a_zone_is_refused(self, database: Database) -> None:
        with pytest.raises(Exception, match="without a zone"), database.writing() as session:
            outbox.mark_sent(session, 1, datetime(2026, 11, 23))  # noqa: DTZ001 - that is the point


class TestTheOutbox:
    def test_a_mail_that_fails_is_tried_again_after_a_minute(self, database: Database) -> None:
        post(database)
        now = clock.wall()
        with database.writing() as session:
            assert [mail.recipient for mail in outbox.claim(session, now)] == ["reader@example.org"]
            outbox.mark_failed(session, 1, now, "no answer")
        with database.writing() as session:
            assert outbox.claim(session, now + timedelta(seconds=59)) == []
            assert len(outbox.claim(session, now + timedelta(seconds=61))) == 1

    def test_a_claimed_mail_is_nobody_elses_until_its_time_is_over(self, database: Database) -> None:
        post(database)
        now = clock.wall()
        with database.writing() as session:
            assert len(outbox.claim(session, now)) == 1
        with database.writing() as session:
            assert outbox.claim(session, now + timedelta(seconds=5)) == []
            assert len(outbox.claim(session, now + outbox.CLAIMED_FOR)) == 1

    def test_a_mail_is_given_up_after_three_days(self, database: Database) -> None:
        post(database)
        late = clock.wall() + timedelta(hours=73)
        with database.writing() as session:
            outbox.mark_failed(session, 1, late, "no answer")
        with database.writing() as session:
            assert outbox.claim(session, late + timedelta(days=1)) == []

    def test_a_sent_mail_is_not_sent_again(self, database: Database) -> None:
        post(database)
        with database.writing() as session:
            outbox.mark_sent(session, 1, clock.wall())
        with database.writing() as session:
            assert outbox.claim(session, clock.wall() + timedelta(days=1)) == []


class TestChanges:
    def test_a_follower_hears_each_change_once(self, database: Database) -> None:
        heard: list[Change] = []
        follower = ChangeFollower(database, [heard.append])
        with database.writing() as session:
            changes.record(session, 1, ChangeKind.ARTICLE, 7)
        assert (follower.poll(), follower.poll()) == (1, 0)
        assert [(change.kind, change.subject) for change in heard] == [(ChangeKind.ARTICLE, "7")]

    def test_a_change_that_is_rolled_back_is_never_heard(self, database: Database) -> None:
        follower = ChangeFollower(database)
        with pytest.raises(RuntimeError), database.writing() as session:
            changes.record(session, 1, ChangeKind.ARTICLE, 7)
            session.flush()
            raise RuntimeError
        assert follower.poll() == 0

    @pytest.mark.parametrize("engine", ["postgres"])
    def test_a_change_numbered_first_and_committed_last_is_heard(
        self, engine: str, request: pytest.FixtureRequest
    ) -> None:
        """PostgreSQL gives out numbers before the commit: number 1 may appear after number 2."""
        assert engine == "postgres"
        database = Database(request.getfixturevalue("new_postgres_url")())
        changes.ChangeRow.metadata.create_all(database.engine)
        follower = ChangeFollower(database)
        with database.writing() as slow:
            changes.record(slow, 1, ChangeKind.ARTICLE, "slow")
            slow.flush()
            with database.writing() as fast:
                changes.record(fast, 1, ChangeKind.ARTICLE, "fast")
            assert follower.poll() == 1
        assert follower.poll() == 1
        database.close()

    def test_old_changes_are_swept(self, database: Database) -> None:
        with database.writing() as session:
            changes.record(session, 1, ChangeKind.ARTICLE, 7)
        with database.writing() as session:
            changes.sweep(session, clock.wall() + changes.KEPT_FOR + timedelta(seconds=1))
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(changes.ChangeRow)) == 0


class TestTheAudit:
    def test_a_deed_is_kept_with_its_detail(self, database: Database) -> None:
        with database.writing() as session:
            audit.write(session, 1, "stripe", "subscription_started", "reader:7", plan="digital")
        with database.reading() as session:
            entry = session.scalars(select(audit.AuditEntry)).one()
        assert (entry.actor, entry.action, entry.detail) == ("stripe", "subscription_started", {"plan": "digital"})


class TestTheClock:
    @pytest.fixture(autouse=True)
    def _restore(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clock, "_offset", timedelta())

    def test_business_time_can_be_turned_forward_only(self) -> None:
        clock.advance(timedelta(days=31))
        assert clock.now() - clock.wall() > timedelta(days=30)
        with pytest.raises(ValueError, match="forward"):
            clock.advance(timedelta(days=-1))


class TestAnUnreachableDatabase:
    def test_it_is_named_as_such(self) -> None:
        from paywall.errors import DatabaseUnavailable  # noqa: PLC0415

        with pytest.raises(DatabaseUnavailable):
            Database("postgresql://127.0.0.1:1/nothing").ping()

    def test_foreign_keys_are_on_in_sqlite(self, database: Database) -> None:
        if database.is_sqlite:
            with database.reading() as session:
                assert session.scalar(text("PRAGMA foreign_keys")) == 1
