"""A page of the publisher's own site asks by itself: who its reader is, and the sentences it is given to show."""

from typing import Any

from paywall.app import Product
from tests.api.calling import VISITOR, Server
from tests.readers.browser import Browser

NEAR, FAR = {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site"}
ALLOWANCE = 3


def asks(page: Server, article: str, headers: dict[str, str], **more: Any) -> str:
    answer = page.post("/v1/check", {"article": article, "visitor": VISITOR, **more}, headers=headers)
    assert answer.status_code == 200, answer.text
    return str(answer.headers["Paywall-Decision"])


def cookies_set(page: Server, headers: dict[str, str]) -> bool:
    answer = page.post("/v1/check", {"article": "metered-0", "visitor": VISITOR}, headers=headers)
    return "__Host-visitor" in answer.headers.get("Set-Cookie", "")


class TestAPageThatSharesOurDomain:
    def test_has_its_visitors_counted_by_our_own_cookie(self, page: Server) -> None:
        assert cookies_set(page, NEAR)
        for number in range(ALLOWANCE):
            assert asks(page, f"metered-{number}", NEAR).startswith("full")
        assert asks(page, "metered-3", NEAR).startswith("preview; reason=meter_used_up")

    def test_counts_with_our_own_pages(self, page: Server) -> None:
        for number in range(ALLOWANCE):
            asks(page, f"metered-{number}", NEAR)
        hosted = page.client.get("/articles/metered-3", base_url="https://news.test")
        assert hosted.headers["Paywall-Decision"].startswith("preview; reason=meter_used_up")

    def test_knows_a_reader_who_is_signed_in_here(self, page: Server, product: Product) -> None:
        browser = Browser(product.flask)
        browser.client = page.client
        assert browser.sign_up("reader@example.org").status_code == 303
        assert asks(page, "registered-0", NEAR) == "full; reason=registered"


class TestAPageThatDoesNot:
    def test_has_its_visitors_counted_by_the_id_that_it_keeps(self, page: Server) -> None:
        assert not cookies_set(page, FAR)
        for number in range(ALLOWANCE):
            assert asks(page, f"metered-{number}", FAR).startswith("full")
        assert asks(page, "metered-3", FAR).startswith("preview; reason=meter_used_up")
        assert asks(page, "metered-3", FAR, visitor="another-visitor").startswith("full")


class TestTheSentences:
    def words(self, page: Server, article: str, **more: Any) -> dict[str, Any]:
        answer = page.post("/v1/check", {"article": article, "words": True, **more}, headers=NEAR)
        assert answer.json is not None
        return dict(answer.json)

    def test_come_with_the_answer_and_lead_to_our_pages(self, page: Server) -> None:
        words = self.words(page, "registered-0")["words"]
        assert words["headline"] == "Read on with a free account"
        assert words["button"]["label"] == "Create a free account"
        assert words["button"]["url"].startswith("https://news.test/signup?next=")

    def test_are_for_those_alone_who_ask_for_them(self, page: Server) -> None:
        assert page.ask("registered-0")["words"] is None

    def test_say_how_many_are_left_of_an_open_article(self, page: Server) -> None:
        said = self.words(page, "metered-0")
        assert said["words"] is None
        assert said["notice"] == "You have 2 free articles left this month."
