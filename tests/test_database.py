"""The database: writers that wait for each other, readers that don't, times, and what is said when it is away."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from paywall.database import Database, insert_once
from paywall.errors import DatabaseUnavailable
from paywall.publishers.rules import Profile
from paywall.publishers.tables import Publisher


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
        with database.writing() as session:
            made = [insert_once(session, Publisher, {"slug": slug, "name": "X", **_DEFAULTS}) for slug in "xxy"]
        assert made == [True, False, True]


class TestInstants:
    def test_they_come_back_in_utc_whatever_zone_they_went_in_with(
        self, database: Database, publisher: Profile
    ) -> None:
        baku = datetime(2026, 11, 23, 16, tzinfo=timezone(timedelta(hours=4)))
        with database.writing() as session:
            session.get_one(Publisher, publisher.id).wall_lifted_until = baku
        with database.reading() as session:
            stored = session.get_one(Publisher, publisher.id).wall_lifted_until
        assert stored == baku
        assert stored is not None
        assert stored.tzinfo is UTC

    def test_a_time_without_a_zone_is_refused(self, database: Database, publisher: Profile) -> None:
        naive = datetime(2026, 11, 23)  # noqa: DTZ001 - that is the point
        with pytest.raises(StatementError, match="without a zone"), database.writing() as session:
            session.get_one(Publisher, publisher.id).wall_lifted_until = naive


class TestAnUnreachableDatabase:
    def test_it_is_named_as_such(self) -> None:
        with pytest.raises(DatabaseUnavailable):
            Database("postgresql://127.0.0.1:1/nothing").ping()


def test_foreign_keys_are_on_in_sqlite(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.reading() as session:
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
    database.close()


_DEFAULTS = {
    "description": "",
    "timezone": "UTC",
    "language": "en",
    "accent": "#000000",
    "contact_email": "",
    "registration_wall": False,
    "preview_words": 100,
    "invitation_headline": "",
    "invitation_text": "",
    "invitation_button": "",
}
