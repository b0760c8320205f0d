"""No answer sends a browser to another site, or repeats a host name that is not ours."""

from urllib.parse import quote

import pytest

from paywall.app import Product
from paywall.publishers.sites import add_site
from tests.gate.visits import Browser

AWAY = ["//evil.example", "/\\evil.example", "/\t/evil.example", "http:///evil.example", "https://evil.example/"]
AWAY += [
    "javascript:alert(1)",
    "/\r\nSet-Cookie: a=b",
    "\\\\evil.example",
    "///evil.example",
    " //evil.example",
    "/\0x",
]


class TestARouteThatIsSpelledWithTwoSlashes:
    @pytest.mark.parametrize("path", ["//login", "/articles//metered-0", "/account//password", "//evil.example//x"])
    def test_leads_nowhere_for_a_host_we_do_not_know(self, browser: Browser, path: str) -> None:
        answer = browser.client.get("/", base_url="https://evil.example", environ_overrides={"PATH_INFO": path})
        assert answer.status_code in (400, 404)
        assert "Location" not in answer.headers
        assert "evil" not in answer.text


class TestTheWayBack:
    @pytest.mark.parametrize("away", AWAY[::3])
    def test_stays_here_after_signing_up_in_and_out(self, browser: Browser, away: str) -> None:
        signed_up = browser.sign_up("reader@example.org", next=away)
        looked = browser.get("/login", query_string={"next": away})
        out = browser.post("/logout", {"next": away})
        signed_in = browser.log_in("reader@example.org", next=away)
        assert [a.status_code for a in (signed_up, looked, out, signed_in)] == [303] * 4
        for answer in (signed_up, looked, out, signed_in):
            assert answer.headers["Location"] in ("/account", "/")

    def test_stays_here_on_the_way_to_a_subscription(self, browser: Browser) -> None:
        for away in AWAY:
            answer = browser.post("/subscribe", {"price": "x", "next": away})
            assert answer.headers["Location"] == "/login?next=/subscribe%3Fnext%3D/", away
            assert "evil" not in browser.get("/subscribe", query_string={"next": away}).text, away


class TestTheWayBackToAnotherSiteOfThePublisher:
    story = "https://www.paper.test/story?id=7&part=2"

    @pytest.fixture(autouse=True)
    def _site(self, product: Product) -> None:
        with product.database.writing() as session:
            add_site(session, 1, "https://www.paper.test", actor="test")
        product.follower.poll()

    def test_is_taken_after_signing_up_and_in(self, browser: Browser) -> None:
        assert browser.sign_up("reader@example.org", next=self.story).headers["Location"] == self.story
        assert browser.get("/login", query_string={"next": self.story}).headers["Location"] == self.story
        browser.post("/logout")
        assert browser.log_in("reader@example.org", next=self.story).headers["Location"] == self.story

    def test_goes_by_the_sign_in_page_and_the_plans(self, browser: Browser) -> None:
        answer = browser.post("/subscribe", {"price": "x", "next": self.story})
        assert answer.headers["Location"] == "/login?next=" + quote(f"/subscribe?next={quote(self.story, safe='/')}")
        assert self.story.replace("&", "&amp;") in browser.get(f"/login?next={quote(self.story)}").text

    def test_is_one_that_forms_may_lead_to(self, browser: Browser, rival: Browser) -> None:
        assert "https://www.paper.test;" in browser.get("/login").headers["Content-Security-Policy"]
        assert "paper.test" not in rival.get("/login").headers["Content-Security-Policy"]

    def test_is_not_taken_for_another_publisher(self, rival: Browser) -> None:
        assert rival.sign_up("reader@example.org", next=self.story).headers["Location"] == "/account"

    @pytest.mark.parametrize("away", ["https://www.paper.test.evil.example/", "https://www.paper.test@evil.example/"])
    def test_is_not_taken_by_those_that_look_like_it(self, browser: Browser, away: str) -> None:
        assert browser.sign_up("reader@example.org", next=away).headers["Location"] == "/account"
