"""The table of changes, and those who follow it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from paywall import changes, clock
from paywall.changes import Change, ChangeFollower, ChangeKind
from paywall.database import Database


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
