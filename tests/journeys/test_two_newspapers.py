"""Two newspapers in one deployment share the machine and nothing else."""

from tests.billing.shop import MONTHLY
from tests.journeys.deployment import Newspaper, ending
from tests.proof.buying import buy
from tests.readers.browser import PASSWORD

LISTS = [
    "/",
    "/sections/news",
    "/authors/leyla-rahimova",
    "/feed.xml",
    "/atom.xml",
    "/sections/news/feed.xml",
    "/sitemap.xml",
]


class TestTheirArticles:
    def test_are_listed_at_their_own_paper_alone(self, news: Newspaper, other: Newspaper) -> None:
        news.publish("ferry")
        other.publish("bridge")
        for paper, own, foreign in ((news, "ferry", "bridge"), (other, "bridge", "ferry")):
            pages = {path: paper.browser().get(path) for path in LISTS}
            assert [path for path, page in pages.items() if f"/articles/{own}" in page.text] == LISTS
            assert [path for path, page in pages.items() if f"/articles/{foreign}" in page.text] == []

    def test_are_not_there_at_the_other(self, news: Newspaper, other: Newspaper) -> None:
        news.publish("ferry", access="free")
        assert news.browser().reads("ferry")
        answer = other.browser().page("ferry")
        assert answer.status_code == 404
        assert ending("news.test", "ferry") not in answer.text

    def test_may_have_the_same_address_and_are_two(self, news: Newspaper, other: Newspaper) -> None:
        news.publish("budget", access="free")
        other.publish("budget", access="subscribers")
        for _ in range(2):  # rendered, then from memory
            assert news.browser().reads("budget")
            assert not other.browser().reads("budget")

    def test_are_at_no_third_host(self, news: Newspaper) -> None:
        news.publish("ferry", access="free")
        stranger = news.browser()
        stranger.base_url = "https://third.test"
        assert stranger.page("ferry").status_code in (400, 404)
        assert stranger.get("/").status_code == 400


class TestTheirReaders:
    def test_have_an_account_at_one_and_none_at_the_other(self, news: Newspaper, other: Newspaper) -> None:
        news.reader("leyla@example.org")
        assert other.browser().log_in("leyla@example.org").status_code == 401
        assert news.browser().log_in("leyla@example.org").status_code == 303

    def test_may_have_both_each_with_a_password_of_its_own(self, news: Newspaper, other: Newspaper) -> None:
        news.reader("leyla@example.org")
        other.browser().sign_up("leyla@example.org", "quite another password")
        assert other.browser().log_in("leyla@example.org", PASSWORD).status_code == 401
        assert other.browser().log_in("leyla@example.org", "quite another password").status_code == 303

    def test_are_visitors_at_the_other_with_the_cookies_of_the_one(self, news: Newspaper, other: Newspaper) -> None:
        news.publish("ferry", access="registered")
        other.publish("bridge", access="registered")
        leyla, thief = news.reader(), other.browser()
        assert leyla.reads("ferry")
        thief.take_cookies_of(leyla)
        assert thief.why("bridge") == "preview; reason=registration_required"
        assert not thief.is_signed_in()
        assert leyla.is_signed_in()

    def test_spend_each_paper_s_allowance_apart(self, news: Newspaper, other: Newspaper) -> None:
        for number in range(4):
            news.publish(f"ferry-{number}")
            other.publish(f"ferry-{number}")
        here, there = news.browser(), other.browser()
        assert [here.reads(f"ferry-{number}") for number in range(4)] == [True, True, True, False]
        there.take_cookies_of(here)
        assert [there.reads(f"ferry-{number}") for number in range(4)] == [True, True, False, False]


class TestASubscription:
    def test_opens_its_own_paper_and_nothing_at_the_other(self, news: Newspaper, other: Newspaper) -> None:
        news.publish("ferry", access="subscribers")
        other.publish("bridge", access="subscribers")
        leyla, same_person, thief = news.reader(), other.reader(), other.browser()
        buy(news.shop, leyla, MONTHLY, "/articles/ferry")
        assert leyla.why("ferry") == "full; reason=subscribed"
        thief.take_cookies_of(leyla)
        for browser in (same_person, thief):
            assert browser.why("bridge") == "preview; reason=subscription_required"
        assert leyla.reads("ferry")

    def test_is_sold_by_the_paper_whose_price_it_is(self, news: Newspaper, other: Newspaper) -> None:
        news.publish("ferry", access="subscribers")
        answer = other.reader().post("/subscribe", {"price": MONTHLY, "next": "/articles/ferry"})
        assert answer.status_code == 404
        assert news.shop.sessions() == []
