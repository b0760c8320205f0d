"""What a publisher settles holds from the next poll on, and takes nothing back that a reader has opened."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from paywall import clock
from paywall.entitlements.comps import give_comp
from paywall.readers.tables import Reader
from tests.journeys.deployment import Newspaper, later

FEEDS = ["/", "/sections/news", "/feed.xml", "/atom.xml", "/sections/news/feed.xml", "/sitemap.xml"]


class TestTheRegistrationWall:
    def test_asks_for_an_account_before_the_first_metered_article(self, news: Newspaper) -> None:
        news.publish("ferry")
        assert news.browser().reads("ferry")
        news.settle(registration_wall=True)
        visitor = news.browser()
        page = visitor.page("ferry")
        assert page.headers["Paywall-Decision"] == "preview; reason=registration_required"
        assert "/signup?next=/articles/ferry" in page.text
        assert visitor.sign_up("leyla@example.org", next="/articles/ferry").location == "/articles/ferry"
        assert visitor.why("ferry") == "full; reason=metered; left=4"

    def test_taken_down_again_leaves_the_meter(self, news: Newspaper) -> None:
        news.publish("ferry")
        news.settle(registration_wall=True)
        assert not news.browser().reads("ferry")
        news.settle(registration_wall=False)
        assert news.browser().why("ferry") == "full; reason=metered; left=2"


class TestAWallLiftedForASection:
    def test_is_open_there_for_an_hour_and_nowhere_else(self, news: Newspaper) -> None:
        news.publish("storm", access="subscribers", section="news")
        news.publish("match", access="subscribers", section="sport")
        news.lift_the_wall("news", hours=1)
        visitor = news.browser()
        assert visitor.why("storm") == "full; reason=free_article"
        assert not visitor.reads("match")
        with later(minutes=59):
            assert visitor.reads("storm")
        with later(minutes=61):
            assert visitor.why("storm") == "preview; reason=subscription_required"


class TestAnEmbargo:
    @pytest.mark.parametrize("access", ["free", "subscribers"])
    def test_hides_an_article_until_it_passes_without_anybody_s_doing(self, news: Newspaper, access: str) -> None:
        news.publish("verdict", access, embargoed_until=clock.now() + timedelta(hours=2))
        visitor = news.browser()
        assert visitor.page("verdict").status_code == 404
        assert [path for path in FEEDS if "verdict" in visitor.get(path).text] == []
        with later(hours=2, minutes=1):
            assert visitor.reads("verdict") == (access == "free")
            assert [path for path in FEEDS if "verdict" in visitor.get(path).text] == FEEDS


class TestAWithdrawnArticle:
    @pytest.mark.parametrize("access", ["free", "metered", "subscribers"])
    def test_is_gone_from_its_page_and_every_list_within_a_poll(self, news: Newspaper, access: str) -> None:
        news.publish("rumour", access)
        news.publish("fact", access)
        visitor = news.browser()
        visitor.reads("rumour")
        assert [path for path in FEEDS if "rumour" in visitor.get(path).text] == FEEDS
        news.publish("rumour", access, withdrawn_at=clock.now())
        page = visitor.page("rumour")
        assert page.status_code == 410
        assert "nine herons" not in page.text
        assert [path for path in FEEDS if "rumour" in visitor.get(path).text] == []
        assert visitor.page("fact").status_code == 200


class TestTheAllowance:
    @pytest.fixture(autouse=True)
    def _articles(self, news: Newspaper) -> None:
        for number in range(6):
            news.publish(f"ferry-{number}")

    def test_raised_lets_the_same_visitor_read_on(self, news: Newspaper) -> None:
        visitor = news.browser()
        assert [visitor.reads(f"ferry-{number}") for number in range(4)] == [True, True, True, False]
        news.allow(visitor_allowance=5)
        assert visitor.why("ferry-3") == "full; reason=metered; left=1"
        assert [visitor.reads(f"ferry-{number}") for number in range(6)] == [True] * 5 + [False]

    def test_lowered_shuts_new_articles_and_none_that_was_opened(self, news: Newspaper) -> None:
        visitor = news.browser()
        assert [visitor.reads(f"ferry-{number}") for number in range(2)] == [True, True]
        news.allow(visitor_allowance=1)
        assert [visitor.reads(f"ferry-{number}") for number in range(4)] == [True, True, False, False]
        assert news.browser().why("ferry-5") == "full; reason=metered; left=0"

    def test_of_readers_is_another(self, news: Newspaper) -> None:
        news.allow(visitor_allowance=1, reader_allowance=2)
        leyla = news.browser()
        assert [leyla.reads(f"ferry-{number}") for number in range(2)] == [True, False]
        leyla.sign_up("leyla@example.org")
        assert [leyla.reads(f"ferry-{number}") for number in range(3)] == [True, True, False]


class TestAComp:
    def test_lets_a_reader_in_at_once_and_ends_by_itself(self, news: Newspaper) -> None:
        news.publish("ferry", access="subscribers")
        leyla, rauf = news.reader("leyla@example.org"), news.reader("rauf@example.org")
        assert not leyla.reads("ferry")
        with news.shop.database.writing() as session:
            reader = session.scalars(select(Reader).where(Reader.email == "leyla@example.org")).one()
            give_comp(session, news.publisher_id, reader.id, days=7, reason="Won the crossword.", actor="admin:1")
        assert leyla.why("ferry") == "full; reason=comp"
        assert not rauf.reads("ferry")
        with later(days=6, hours=23):
            assert leyla.reads("ferry")
        with later(days=7, minutes=1):
            assert leyla.why("ferry") == "preview; reason=subscription_required"
