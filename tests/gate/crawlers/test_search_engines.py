"""Search engines at the gate of the whole product: what a true one sees, what who plays one sees, and who waits."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from paywall import clock
from paywall.app import Product
from paywall.gate.crawlers.catalogue import OPERATORS, crawler_called
from paywall.gate.crawlers.ranges.reading import read_ranges
from paywall.gate.crawlers.ranges.refreshing import keep
from paywall.gate.crawlers.rules import Crawler
from paywall.gate.events import GateEvent
from paywall.gate.explain import as_table, explain
from paywall.gate.recognition import as_crawler
from paywall.publishers.crawlers import set_crawlers
from paywall.settings import Settings
from paywall.settings_values import Network
from tests.gate.crawlers.names import BINGBOT, GOOGLEBOT, IN_GOOGLES_RANGES, RENTED, Names, until
from tests.gate.crawlers.test_ranges import published
from tests.gate.visits import CANARY, Browser

TOOL = "Mozilla/5.0 (compatible; Google-InspectionTool/1.0;)"
STRANGER = "203.0.113.7"
LOCKED = "/articles/subscribers-0"


@pytest.fixture
def names(product: Product) -> Names:
    product.gate.crawlers.resolver = Names()
    return product.gate.crawlers.resolver


Let = Callable[..., None]


@pytest.fixture
def let(product: Product) -> Let:
    """Have crawlers get what the publisher says, as this process hears of it."""

    def let(**wanted: str) -> None:
        with product.database.writing() as session:
            set_crawlers(session, 1, {name.replace("_", "-"): said for name, said in wanted.items()}, actor="tests")
        product.follower.poll()

    return let


def visit(product: Product, path: str = LOCKED, address: str = IN_GOOGLES_RANGES, **headers: str) -> TestResponse:
    """Ask as a crawler does: without cookies."""
    browser = Browser(product.flask, address=address)
    agent = headers.pop("agent", GOOGLEBOT)
    return browser.get(path, headers={"User-Agent": agent, **headers})


def decision(product: Product, path: str = LOCKED, address: str = IN_GOOGLES_RANGES, **headers: str) -> str:
    answer = visit(product, path, address, **headers)
    said = answer.headers["Paywall-Decision"]
    assert (CANARY in answer.text) == said.startswith("full")
    return said


class TestATrueCrawler:
    @pytest.mark.parametrize("slug", ["subscribers-0", "metered-0", "registered-0"])
    def test_b07_gets_all_of_it_and_is_told_that_it_has_a_wall(self, product: Product, slug: str) -> None:
        answer = visit(product, f"/articles/{slug}")
        assert answer.status_code == 200
        assert CANARY in answer.text
        assert answer.headers["Paywall-Decision"] == "full; reason=verified_crawler"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Robots-Tag"] == "noarchive, max-image-preview:large"
        assert "Set-Cookie" not in answer.headers
        data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.text, re.DOTALL)[0])
        assert data["isAccessibleForFree"] is False
        part = data["hasPart"]
        assert (part["isAccessibleForFree"], part["cssSelector"]) == (False, ".article-body")
        assert f'class="{part["cssSelector"][1:]}' in answer.text
        assert "articleBody" not in data

    def test_finds_what_is_free_free(self, product: Product) -> None:
        answer = visit(product, "/articles/free-0")
        assert answer.headers["Paywall-Decision"] == "full; reason=free_article"
        assert "X-Robots-Tag" not in answer.headers

    def test_is_never_counted_however_much_it_reads(self, product: Product) -> None:
        for _ in range(2):
            for number in range(8):
                assert decision(product, f"/articles/metered-{number}") == "full; reason=verified_crawler"
                assert "Set-Cookie" not in visit(product, f"/articles/metered-{number}").headers

    def test_leaves_nothing_open_for_the_next_visitor(self, product: Product, browser: Browser) -> None:
        assert decision(product) == "full; reason=verified_crawler"
        assert browser.decision("subscribers-0") == "preview; reason=subscription_required"
        assert "X-Robots-Tag" not in browser.get(LOCKED).headers

    def test_is_told_the_length_of_what_it_would_get(self, product: Product) -> None:
        browser = Browser(product.flask, address=IN_GOOGLES_RANGES)
        head = browser.client.head(LOCKED, headers={"User-Agent": GOOGLEBOT}, **browser._about({}))
        assert head.data == b""
        assert head.headers["Content-Length"] == str(len(visit(product).data))

    @pytest.mark.parametrize("address", ["2001:4860:4801:10::1", f"::ffff:{IN_GOOGLES_RANGES}"])
    def test_may_call_from_any_kind_of_address(self, product: Product, address: str) -> None:
        assert decision(product, address=address) == "full; reason=verified_crawler"

    def test_reads_on_while_the_meter_and_the_database_are_out_of_reach(self, product: Product) -> None:
        assert decision(product) == "full; reason=verified_crawler"
        product.gate.rights.pause.begin()
        assert decision(product, "/articles/metered-5") == "full; reason=verified_crawler"

    def test_that_is_signed_in_is_the_reader_it_is_signed_in_as(self, product: Product) -> None:
        browser = Browser(product.flask, address=IN_GOOGLES_RANGES)
        browser.sign_up("leyla@example.org")
        answer = browser.get(LOCKED, headers={"User-Agent": GOOGLEBOT})
        assert answer.headers["Paywall-Decision"] == "preview; reason=subscription_required"


class TestWhoPlaysOne:
    def test_b01_by_its_name_alone_is_a_visitor(self, product: Product, names: Names) -> None:
        assert decision(product, address=STRANGER) == "preview; reason=subscription_required"
        until(lambda: names.asked)
        assert decision(product, address=STRANGER) == "preview; reason=subscription_required"

    @pytest.mark.parametrize("forwarded", ["66.249.66.1", "66.249.66.1, 203.0.113.9", "for=66.249.66.1", ""])
    def test_b02_with_a_forged_way_is_a_visitor(self, product: Product, names: Names, forwarded: str) -> None:
        headers = {"X-Forwarded-For": forwarded, "X-Real-IP": "66.249.66.1", "Referer": "https://www.google.com/"}
        for _ in range(2):
            assert decision(product, address=STRANGER, **headers) == "preview; reason=subscription_required"
        assert "66.249.66.1" not in names.asked

    @pytest.mark.parametrize(
        ("back", "there"),
        [
            ("crawl-1.googlebot.com.", {"crawl-1.googlebot.com": ["66.249.66.1"]}),
            ("googlebot.com.evil.example.", {"googlebot.com.evil.example": [STRANGER]}),
            ("evilgooglebot.com.", {"evilgooglebot.com": [STRANGER]}),
            ("google-proxy-1.google.com.", {"google-proxy-1.google.com": [STRANGER]}),
        ],
    )
    def test_b04_b05_with_a_name_that_proves_nothing_stays_a_visitor(
        self, product: Product, names: Names, back: str, there: dict[str, list[str]]
    ) -> None:
        names.back[STRANGER], names.there = [back], there
        for _ in range(3):
            assert decision(product, address=STRANGER) == "preview; reason=subscription_required"
            until(lambda: names.asked)

    @pytest.mark.parametrize(
        "agent",
        ["bingbot/2.0", "facebookexternalhit/1.1", "Twitterbot/1.0", "Applebot/0.1", "GPTBot/1.2", "Slackbot 1.0"],
    )
    def test_b08_any_other_name_opens_nothing_even_from_googles_address(
        self, product: Product, names: Names, agent: str
    ) -> None:
        for _ in range(2):
            assert decision(product, agent=agent) == "preview; reason=subscription_required"
        assert len(names.asked) <= 1

    def test_is_counted_as_everybody_is(self, product: Product, names: Names) -> None:
        names.back.clear()
        browser = Browser(product.flask, address=STRANGER)
        said = [browser.decision(f"metered-{n}", headers={"User-Agent": GOOGLEBOT}) for n in range(4)]
        assert [one.split(";")[0] for one in said] == ["full", "full", "full", "preview"]

    @pytest.mark.usefixtures("names")
    def test_finds_a_true_one_s_page_shut_from_the_next_desk(self, product: Product) -> None:
        assert decision(product) == "full; reason=verified_crawler"
        assert decision(product, address=STRANGER) == "preview; reason=subscription_required"


class TestANameServer:
    def test_is_in_nobodys_way(self, product: Product, names: Names, browser: Browser) -> None:
        names.go.clear()  # it hangs
        for _ in range(3):
            assert decision(product, address=RENTED) == "preview; reason=subscription_required"
            assert browser.decision("free-0") == "full; reason=free_article"
        names.go.set()
        until(lambda: decision(product, address=RENTED) == "full; reason=verified_crawler")

    def test_that_is_down_shuts_crawlers_out_and_nobody_else(
        self, product: Product, names: Names, browser: Browser
    ) -> None:
        names.failing.add(RENTED)
        assert decision(product, address=RENTED) == "preview; reason=subscription_required"
        until(lambda: names.asked)
        assert decision(product, address=RENTED) == "preview; reason=subscription_required"
        assert decision(product) == "full; reason=verified_crawler"  # by its range
        assert browser.decision("free-0") == "full; reason=free_article"

    def test_is_never_asked_about_readers(self, names: Names, browser: Browser) -> None:
        browser.read("metered-0")
        browser.sign_up("leyla@example.org")
        browser.read("registered-0")
        assert names.asked == []


class TestBehindAProxy:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        trusted: tuple[Network, ...] = (ip_network("10.0.0.0/8"),)
        return replace(settings, trusted_proxies=trusted)

    def test_the_address_it_was_called_from_counts(self, product: Product) -> None:
        forwarded = {"X-Forwarded-For": IN_GOOGLES_RANGES}
        assert decision(product, address="10.0.0.7", **forwarded) == "full; reason=verified_crawler"

    @pytest.mark.usefixtures("names")
    def test_what_the_caller_has_written_before_it_does_not(self, product: Product) -> None:
        forged = {"X-Forwarded-For": f"{IN_GOOGLES_RANGES}, {STRANGER}"}
        for _ in range(2):
            assert decision(product, address="10.0.0.7", **forged) == "preview; reason=subscription_required"

    @pytest.mark.usefixtures("names")
    def test_a_proxy_that_says_nothing_is_no_crawler(self, product: Product) -> None:
        assert decision(product, address="10.0.0.7") == "preview; reason=subscription_required"


class TestThePublishersWord:
    def test_shuts_one_out_and_leaves_the_others(self, product: Product, let: Let) -> None:
        let(google="preview")
        assert decision(product) == "preview; reason=subscription_required"
        assert decision(product, address="157.55.39.1", agent=BINGBOT) == "full; reason=verified_crawler"
        let(google="full")
        assert decision(product) == "full; reason=verified_crawler"

    def test_one_that_is_shut_out_is_not_counted_either(self, product: Product, let: Let) -> None:
        let(google="preview")
        for number in range(5):
            answer = visit(product, f"/articles/metered-{number}")
            assert answer.headers["Paywall-Decision"] == "preview; reason=metered; left=3"
            assert CANARY not in answer.text
            assert "Set-Cookie" not in answer.headers

    def test_unsaid_anybodys_tool_gets_the_preview_from_the_same_addresses(self, product: Product, let: Let) -> None:
        assert decision(product, agent=TOOL) == "preview; reason=subscription_required"
        let(google_tools="full")
        assert decision(product, agent=TOOL) == "full; reason=verified_crawler"

    def test_is_each_publishers_own(self, product: Product, let: Let) -> None:
        profile = product.profiles.of(1)
        let(google="preview")
        assert product.profiles.of(1).crawlers == {"google": "preview"}
        assert profile.crawlers == {}


class TestRanges:
    def test_that_were_fetched_hold_in_every_process(self, product: Product, other_process: Product) -> None:
        for one in (product, other_process):
            one.gate.crawlers.resolver = Names({})
        ranges = read_ranges(published("8.8.8.0/24"))
        with product.database.writing() as session:
            keep(session, OPERATORS["google"], ranges, "a test", clock.wall())
        for one in (product, other_process):
            one.follower.poll()
            assert decision(one, address="8.8.8.8") == "full; reason=verified_crawler"
            assert decision(one) == "preview; reason=subscription_required"


class TestWhatIsNoted:
    def events(self, product: Product) -> list[GateEvent]:
        product.gate.events.flush()
        with product.database.reading() as session:
            return list(session.scalars(select(GateEvent).order_by(GateEvent.id)))

    def test_is_a_crawler_and_neither_a_reader_nor_a_visitor(self, product: Product, let: Let) -> None:
        visit(product)
        let(google="preview")
        visit(product, "/articles/metered-0")
        first, second = self.events(product)
        for event in (first, second):
            assert (event.crawler, event.visitor, event.reader_id) == ("google", None, None)
        assert (first.reason, second.reason) == ("verified_crawler", "metered")

    @pytest.mark.usefixtures("names")
    def test_of_everybody_else_says_no_crawler(self, product: Product, browser: Browser) -> None:
        browser.read("metered-0")
        visit(product, address=STRANGER)
        assert [event.crawler for event in self.events(product)] == [None, None]


class TestExplaining:
    def told(self, product: Product, crawler: Crawler) -> str:
        card = product.gate.catalogue.card(1, "metered-0")
        assert card
        return as_table(explain(product.gate.gate, product.profiles.of(1), card, as_crawler(crawler), clock.now()))

    def test_walks_the_rule_that_lets_it_read(self, product: Product, let: Let) -> None:
        told = self.told(product, crawler_called("google"))
        assert "verified crawlers read what they are let" in told
        assert told.splitlines()[-1].endswith("full; reason=verified_crawler; prompt=none")
        let(google="preview")
        assert "preview; reason=metered" in self.told(product, crawler_called("google")).splitlines()[-1]


def test_b10_referrers_open_nothing(product: Product) -> None:
    for referrer in (
        "https://www.google.com/",
        "https://www.google.com.evil.example/",
        "https://evil.example/?google.com",
    ):
        headers: dict[str, Any] = {"agent": "Mozilla/5.0", "Referer": referrer}
        assert decision(product, address=STRANGER, **headers) == "preview; reason=subscription_required"
