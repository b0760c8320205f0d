"""A publisher's sites elsewhere."""

import pytest
from sqlalchemy import select

from paywall.audit import AuditEntry
from paywall.changes import ChangeFollower
from paywall.database import Database
from paywall.errors import BadInput, NotFound
from paywall.publishers.profiles import Profiles
from paywall.publishers.rules import Profile
from paywall.publishers.sites import add_site, remove_site

SITE = "https://www.news.test"


def sites(database: Database, publisher: Profile) -> tuple[str, ...]:
    return Profiles(database).of(publisher.id).sites


class TestASite:
    def test_is_kept_once_in_one_spelling(self, database: Database, publisher: Profile) -> None:
        for spelling in (SITE, "HTTPS://www.NEWS.test:443/"):
            with database.writing() as session:
                assert add_site(session, publisher.id, spelling, actor="tests") == SITE
        assert sites(database, publisher) == (SITE,)
        with database.reading() as session:
            assert [entry.action for entry in session.scalars(select(AuditEntry))] == ["site_added"]

    def test_is_taken_away_by_any_spelling(self, database: Database, publisher: Profile) -> None:
        with database.writing() as session:
            add_site(session, publisher.id, SITE, actor="tests")
            remove_site(session, publisher.id, f"{SITE}/", actor="tests")
        assert sites(database, publisher) == ()

    def test_that_is_not_there_can_not_be_taken_away(self, database: Database, publisher: Profile) -> None:
        with pytest.raises(NotFound, match=SITE), database.writing() as session:
            remove_site(session, publisher.id, SITE, actor="tests")

    def test_is_an_origin_and_no_address(self, database: Database, publisher: Profile) -> None:
        with pytest.raises(BadInput), database.writing() as session:
            add_site(session, publisher.id, f"{SITE}/news", actor="tests")

    def test_is_heard_of_in_other_processes(self, database: Database, publisher: Profile) -> None:
        profiles = Profiles(database)
        follower = ChangeFollower(database, [profiles.hear])
        follower.poll()
        assert profiles.of(publisher.id).sites == ()
        with database.writing() as session:
            add_site(session, publisher.id, SITE, actor="tests")
        follower.poll()
        assert profiles.of(publisher.id).sites == (SITE,)
