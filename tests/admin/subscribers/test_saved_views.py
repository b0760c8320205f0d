"""Views under a name: kept as what they mean, counted when somebody looks, in the audit without names."""

from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from paywall.admin.subscribers.asking.bad import BadQuestion
from paywall.admin.subscribers.saved.counting import Counts
from paywall.admin.subscribers.saved.keeping import LONGEST_NAME, MOST_VIEWS, remove_view, save_view, views_of
from paywall.audit import AuditEntry
from paywall.database import Database
from paywall.errors import NotFound
from paywall.publishers.rules import Profile
from tests.admin.subscribers.world import CHOICES, World


def save(database: Database, publisher_id: int, name: str, query: str) -> None:
    with database.writing() as session:
        save_view(session, publisher_id, name, query, CHOICES, actor="staff:1")


def names(database: Database, publisher_id: int) -> list[str]:
    with database.reading() as session:
        return [view.name for view in views_of(session, publisher_id)]


class TestSaving:
    def test_a_view_is_kept_as_what_it_means(self, database: Database, publisher: Profile) -> None:
        save(database, publisher.id, " Late payers ", "sort=ends&page=abc&status=past_due&q=&per_page=7")
        with database.reading() as session:
            (view,) = views_of(session, publisher.id)
        assert (view.name, view.query) == ("Late payers", "status=past_due&sort=ends")

    def test_the_audit_says_by_what_it_filters_but_not_for_whom(self, database: Database, publisher: Profile) -> None:
        save(database, publisher.id, "Ada", "q=ada@post.example&status=active")
        with database.reading() as session:
            (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "view_saved"))
        assert entry.detail == {"filters": ["q", "status"]}
        assert entry.actor == "staff:1"

    @pytest.mark.parametrize("name", ["", "  ", "x" * (LONGEST_NAME + 1), "a\0b", "a\nb", "\u202eb"])
    def test_an_odd_name_is_refused(self, database: Database, publisher: Profile, name: str) -> None:
        with pytest.raises(BadQuestion) as caught:
            save(database, publisher.id, name, "status=active")
        assert caught.value.field == "name"
        assert names(database, publisher.id) == []

    @pytest.mark.parametrize("query", ["status=nope", "a=1", "status=active&status=active", "from=2026-02-30"])
    def test_a_question_that_means_nothing_is_refused(self, database: Database, publisher: Profile, query: str) -> None:
        with pytest.raises(BadQuestion):
            save(database, publisher.id, "View", query)

    def test_a_name_is_taken_only_once_but_each_newspaper_has_its_own(
        self, database: Database, publisher: Profile, world: World
    ) -> None:
        save(database, publisher.id, "Late", "status=past_due")
        with pytest.raises(BadQuestion, match="already"):
            save(database, publisher.id, "Late", "status=unpaid")
        save(world.database, world.neighbour_id, "Late", "status=past_due")
        with world.database.writing() as session:
            (view,) = views_of(session, world.neighbour_id)
            remove_view(session, world.neighbour_id, view.id, actor="staff:1")

    def test_there_is_an_end_to_it(self, database: Database, publisher: Profile) -> None:
        for number in range(MOST_VIEWS):
            save(database, publisher.id, f"View {number}", "status=active")
        with pytest.raises(BadQuestion, match="take one away"):
            save(database, publisher.id, "One more", "status=active")


class TestRemoving:
    def test_it_is_gone_and_in_the_audit(self, database: Database, publisher: Profile) -> None:
        save(database, publisher.id, "Late", "status=past_due")
        with database.writing() as session:
            remove_view(session, publisher.id, views_of(session, publisher.id)[0].id, actor="staff:1")
        assert names(database, publisher.id) == []
        with database.reading() as session:
            deeds = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert deeds == ["view_saved", "view_removed"]

    def test_nobody_removes_what_is_another_newspapers(self, database: Database, publisher: Profile) -> None:
        save(database, publisher.id, "Late", "status=past_due")
        with database.writing() as session, pytest.raises(NotFound):
            remove_view(session, publisher.id + 1, views_of(session, publisher.id)[0].id, actor="staff:1")
        assert names(database, publisher.id) == ["Late"]


class TestCounting:
    def test_the_number_is_kept_for_a_while(self, world: World) -> None:
        counts = Counts(kept_seconds=60)
        with world.database.reading() as session:
            first = counts.of(session, world.publisher_id, "status=active", CHOICES)
        assert int(first) > 0
        with Database("sqlite://").reading() as nowhere:
            assert counts.of(nowhere, world.publisher_id, "status=active", CHOICES) == first

    def test_a_view_of_what_is_gone_has_a_dash(self, world: World) -> None:
        with world.database.reading() as session:
            query = urlencode({"plan": "gold"})
            assert Counts().of(session, world.publisher_id, query, CHOICES) == "–"
