"""A publisher's site that has only the client: everything is asked of the service, which is really served."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import quote

import httpx
import pytest
from werkzeug.test import Client, EnvironBuilder

from paywall import clock
from paywall.app import Product
from paywall.articles.item import Item
from paywall.articles.keeping import draft_of, put_article
from paywall.gate.decision import ArticleName, Verdict
from paywall.publishers.profiles import read_profile
from paywall.wall.middleware import Paywall
from paywall.wall.remote.asking import AWAY, Asking, Call
from paywall.wall.remote.check import RemoteCheck
from paywall.wall.remote.questions import address_behind
from paywall.wall.remote.signing_in import own_address
from tests.wall.remote.service import CANARY, PAGE, SITE, Browser, Service

ALLOWANCE = 3


def paper(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [PAGE.encode()]


@pytest.fixture
def wall(service: Service) -> Paywall:
    return Paywall(paper, RemoteCheck(service.address, service.key), cut="div.article-body")


@pytest.fixture
def browser(wall: Paywall, service: Service) -> Browser:
    return Browser(Client(wall), service)


class TestAVisitor:
    def test_reads_the_allowance_and_is_invited_then(self, browser: Browser) -> None:
        opened = [browser.decision(f"metered-{number}").startswith("full") for number in range(4)]
        assert opened == [True] * ALLOWANCE + [False]
        assert browser.decision("metered-0").startswith("full")

    def test_is_known_by_a_cookie_of_the_site_that_no_script_reads(self, browser: Browser) -> None:
        answer = browser.read("metered-0")
        cookie = next(one for one in answer.headers.getlist("Set-Cookie") if "paywall_visitor" in one)
        assert cookie.endswith("; Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax")

    def test_is_invited_in_the_words_of_the_service_by_links_that_come_back(self, browser: Browser) -> None:
        page = browser.read("subscribers-0").text
        assert "/_paywall/subscribe?next=/news/subscribers-0" in page

    def test_reads_what_is_free_and_no_cookie_is_set(self, browser: Browser) -> None:
        assert not browser.read("free-0").headers.getlist("Set-Cookie")

    def test_sees_pages_of_no_article_as_they_are(self, browser: Browser) -> None:
        answer = browser.site.get("/about", base_url=SITE)
        assert answer.text == PAGE
        assert "Paywall-Decision" not in answer.headers


class TestAnAddress:
    """The page itself does not say which article it is: it is known by its address alone."""

    @pytest.mark.parametrize(
        "suffix", ["?print=1", "?a=1&a=2&b", '?x={"<', "?q=%C3%BC+1", "?" + "x" * 1_800, "?utm_id=1"]
    )
    def test_is_the_article_s_whatever_is_written_behind_it(self, wall: Paywall, service: Service, suffix: str) -> None:
        browser = Browser(Client(wall), service, suffix)
        assert browser.decision("subscribers-0") == "preview; reason=subscription_required"
        assert browser.decision("free-0") == "full; reason=free_article"

    def test_is_the_article_s_where_the_site_believes_that_it_is_reached_by_http(self, browser: Browser) -> None:
        answer = browser.site.get("/news/subscribers-0", base_url=SITE.replace("https", "http"))
        assert answer.headers["Paywall-Decision"] == "preview; reason=subscription_required"
        assert CANARY not in answer.text

    @pytest.mark.parametrize("made_up", ["https://evil.example", "https://10.0.0.1:8000", "https://paper.example"])
    def test_at_a_made_up_host_opens_nothing(self, browser: Browser, made_up: str) -> None:
        answer = browser.site.get("/news/subscribers-0", base_url=made_up)
        assert answer.headers["Paywall-Decision"].startswith("preview")
        assert CANARY not in answer.text

    def test_of_an_article_that_is_not_published_yet_opens_nothing(
        self, product: Product, wall: Paywall, service: Service
    ) -> None:
        with product.database.writing() as session:
            tomorrow = clock.now() + timedelta(days=1)
            item = Item("", "later", "", title="Later", link=f"{SITE}/news/later", embargoed_until=tomorrow)
            put_article(session, 1, draft_of(item, read_profile(session, 1)), clock.now())
        product.follower.poll()
        assert Browser(Client(wall), service).decision("later").startswith("preview")


class TestWhatABrowserOrAProxySays:
    """It may be anything: nobody is shut out of what is theirs by it."""

    @pytest.mark.parametrize(
        "cookie", ["visitor=x", "visitor=a b c d e f g h", "visitor=ə", "visitor=" + "v" * 300, "reader=" + "r" * 5_000]
    )
    def test_a_cookie_that_is_none_of_ours(self, browser: Browser, cookie: str) -> None:
        headers = {"Cookie": f"__Host-paywall_{cookie}".encode().decode("latin-1")}
        client = Client(browser.site.application, use_cookies=False)
        answer = client.get("/news/metered-0", base_url=SITE, headers=headers)
        assert answer.headers["Paywall-Decision"] == "full; reason=metered; left=2"
        assert "__Host-paywall_visitor" in "".join(answer.headers.getlist("Set-Cookie"))

    @pytest.mark.parametrize("hop", ["", "unix:", "unknown", "192.0.2.7:5041", "[2001:db8::7]:5041", "fe80::1%eth0"])
    def test_an_address_with_a_port_or_none(self, browser: Browser, hop: str) -> None:
        answer = browser.site.get("/news/metered-0", base_url=SITE, environ_overrides={"REMOTE_ADDR": hop})
        assert answer.headers["Paywall-Decision"] == "full; reason=metered; left=2"

    @pytest.mark.parametrize("peer", ["127.0.0.1", "10.0.0.1", "::1", "fd00::1"])
    def test_a_proxy_that_nobody_told_us_of_is_not_taken_for_all_its_visitors(self, peer: str) -> None:
        environ = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": "8.8.8.8"}
        assert [address_behind(environ, proxies) for proxies in (0, 1, 2)] == ["", "8.8.8.8", ""]
        assert address_behind({"REMOTE_ADDR": peer}, 0) == peer
        assert address_behind({**environ, "REMOTE_ADDR": "8.8.4.4"}, 0) == "8.8.4.4"

    @pytest.mark.parametrize(
        ("hop", "address"), [("192.0.2.7:5041", "192.0.2.7"), ("[2001:db8::7]:5041", "2001:db8::7"), ("x", "")]
    )
    def test_a_hop_is_told_without_its_port(self, hop: str, address: str) -> None:
        assert address_behind({"HTTP_X_FORWARDED_FOR": f"10.0.0.1, {hop}"}, 1) == address


class TestAServiceThatAnswersNoQuestion:
    @pytest.fixture
    def asking(self) -> Asking:
        return Asking("https://members.paper.example", None, 0, 1.0)

    def ask(self, asking: Asking) -> Verdict | Call:
        return asking.begin({"REMOTE_ADDR": "192.0.2.7"}, ArticleName("a-7"), counts=True)

    @pytest.mark.parametrize("status", [429, 400, 401])
    def test_because_of_that_question_is_asked_the_next_one(self, asking: Asking, status: int) -> None:
        call = self.ask(asking)
        assert isinstance(call, Call)
        assert asking.answered(call, status, "") == AWAY
        assert isinstance(self.ask(asking), Call)

    def test_because_it_can_not_is_left_alone_for_a_while(self, asking: Asking) -> None:
        call = self.ask(asking)
        assert isinstance(call, Call)
        assert asking.answered(call, 503, "") == AWAY
        assert self.ask(asking) == AWAY


class TestAnAnswer:
    SAID: ClassVar[dict[str, Any]] = {
        "article": "a-7", "extent": "full", "reason": "free_article", "prompt": "none", "viewsLeft": None,
        "resetsAt": None, "isRegistered": False, "degraded": "", "pass": None, "tokenError": None, "words": None,
    }  # fmt: skip

    def test_is_remembered_for_the_address_but_for_one_that_somebody_made_very_long(self) -> None:
        asking = Asking("https://members.paper.example", None, 0, 1.0)
        for url in (f"{SITE}/news/tides", f"{SITE}/news/tides?a={'x' * 2_000}"):
            call = asking.begin({"REMOTE_ADDR": "192.0.2.7"}, ArticleName("", url), counts=True)
            assert isinstance(call, Call)
            assert asking.answered(call, 200, self.SAID)
        assert asking._ids == {f"{SITE}/news/tides": "a-7"}


class TestAReader:
    def test_signs_in_by_way_of_the_service_and_reads_on_the_site(self, browser: Browser) -> None:
        browser.sign_up("payer@example.com", 30)
        assert browser.decision("subscribers-0").startswith("preview")
        back = browser.come_back_signed_in("/news/subscribers-0")
        assert back.headers["Location"] == "/news/subscribers-0"
        assert browser.decision("subscribers-0") == "full; reason=subscribed"

    def test_who_signed_in_on_a_page_of_any_alphabet_is_led_back_to_it(self, browser: Browser) -> None:
        browser.sign_up("payer@example.com", None)
        for page in ("/news/прилив", "/news/ölhafen?ə=ü", "/news/50%25-less"):
            back = browser.come_back_signed_in(quote(page, safe="/"))
            assert back.headers["Location"] == quote(page, safe="/?=%")
            assert browser.cookie("reader")

    @pytest.mark.parametrize("page", ["/news/%D1%84", "/news/why%3F", "/news/50%25", "/news/a%23b?c=%26&d=1"])
    def test_is_led_back_from_the_invitation_to_the_very_page(self, page: str) -> None:
        environ = EnvironBuilder(page).get_environ()
        assert own_address("/subscribe", environ) == f"/_paywall/subscribe?next={quote(page, safe='/')}"

    @pytest.mark.parametrize("days", [None, -1.0])
    def test_without_a_running_subscription_does_not(self, browser: Browser, days: float | None) -> None:
        browser.sign_up("other@example.com", days)
        browser.come_back_signed_in("/news/subscribers-0")
        assert browser.decision("subscribers-0").startswith("preview")

    def test_who_signs_out_is_a_visitor_again(self, browser: Browser) -> None:
        browser.sign_up("payer@example.com", 30)
        browser.come_back_signed_in("/news/subscribers-0")
        assert browser.decision("subscribers-0").startswith("full")
        browser.site.post("/_paywall/sign-out", base_url=SITE)
        assert browser.decision("subscribers-0").startswith("preview")

    def test_a_code_that_was_brought_without_our_state_signs_nobody_in(self, browser: Browser) -> None:
        browser.sign_up("mallory@example.com", 30)
        out = browser.site.get("/_paywall/sign-in?next=/", base_url=SITE)
        back = browser.there.get(out.headers["Location"]).headers["Location"]
        victim = Browser(Client(browser.site.application), browser.service)
        victim.site.get(back.removeprefix(SITE), base_url=SITE)
        assert victim.cookie("reader") is None

    @pytest.mark.parametrize("way_back", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\tx"])
    def test_is_led_to_no_other_site(self, browser: Browser, way_back: str) -> None:
        browser.sign_up("payer@example.com", None)
        out = browser.site.get("/_paywall/sign-in", query_string={"next": way_back}, base_url=SITE)
        back = browser.there.get(out.headers["Location"]).headers["Location"]
        answer = browser.site.get(back.removeprefix(SITE), base_url=SITE)
        assert answer.headers["Location"] == "/"


class TestWhileTheServiceIsAway:
    def test_a_payer_reads_on_and_everybody_else_is_asked_to_try_again(self, browser: Browser) -> None:
        browser.sign_up("payer@example.com", 30)
        browser.come_back_signed_in("/")
        assert browser.decision("subscribers-0").startswith("full")
        browser.service.stop()
        assert browser.decision("subscribers-1") == "full; reason=subscribed"
        stranger = Browser(Client(browser.site.application), browser.service)
        answer = stranger.read("metered-0")
        assert answer.headers["Paywall-Decision"].startswith("preview")
        assert answer.headers["Paywall-Degraded"] == "service"

    def test_another_process_verifies_the_pass_by_the_keys_it_has(self, browser: Browser) -> None:
        browser.sign_up("payer@example.com", 30)
        browser.come_back_signed_in("/")
        browser.read("subscribers-0")
        other = RemoteCheck(browser.service.address, browser.service.key)
        other._asking.passes._keys.fetch()
        browser.service.stop()
        browser.site.application = Paywall(paper, other, cut="div.article-body")
        assert browser.decision("subscribers-2").startswith("full")

    @pytest.mark.parametrize("forged", ["x", "a.b.c", "e30.e30." + "A" * 86])
    def test_a_forged_pass_opens_nothing(self, browser: Browser, forged: str) -> None:
        browser.site.set_cookie("__Host-paywall_pass", forged, domain="www.paper.example", path="/", secure=True)
        browser.service.stop()
        assert browser.decision("subscribers-0").startswith("preview")


class TestAPayersPages:
    def test_cost_no_call_while_the_pass_is_young(self, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        browser.sign_up("payer@example.com", 30)
        browser.come_back_signed_in("/")
        browser.read("subscribers-0")
        monkeypatch.setattr(httpx.Client, "post", lambda *_, **__: pytest.fail("the service was asked"))
        assert browser.decision("subscribers-1").startswith("full")
