"""What makes a crawler believable: spellings of addresses, host names with the dot, and what a user agent claims."""

import pytest

from paywall.gate.crawlers.catalogue import CRAWLERS, OPERATORS, claim_of
from paywall.gate.crawlers.ranges.holding import bundled
from paywall.gate.crawlers.ranges.reading import sensible
from paywall.gate.crawlers.rules import Kind, fits, gets, read_address, read_host
from paywall.gate.decision import Extent
from tests.gate.crawlers.names import BINGBOT, GOOGLEBOT

GOOGLES = OPERATORS["google"].hosts
TOOL = "Mozilla/5.0 (compatible; Google-InspectionTool/1.0;)"


class TestAnAddress:
    @pytest.mark.parametrize(
        ("raw", "read"),
        [
            ("66.249.66.1", "66.249.66.1"),
            ("::ffff:66.249.66.1", "66.249.66.1"),
            ("::ffff:42f9:4201", "66.249.66.1"),
            ("2001:4860:4801:0010:0:0:0:1", "2001:4860:4801:10::1"),
            ("fe80::1%eth0", "fe80::1"),
        ],
    )
    def test_is_the_same_in_every_spelling(self, raw: str, read: str) -> None:
        assert str(read_address(raw)) == read

    @pytest.mark.parametrize("raw", ["", "unknown", "66.249.66.1:80", "066.249.66.1", "66.249.66", "1123631617", "é"])
    def test_is_none_where_it_could_be_read_in_two_ways(self, raw: str) -> None:
        assert read_address(raw) is None

    @pytest.mark.parametrize("raw", ["64:ff9b::42f9:4201", "2002:42f9:4201::1", "::42f9:4201"])
    def test_wrapped_in_any_other_way_is_not_the_one_inside(self, raw: str) -> None:
        assert str(read_address(raw)) != "66.249.66.1"


class TestAHostName:
    @pytest.mark.parametrize(
        "host", ["crawl-66-249-66-1.googlebot.com", "CRAWL-1.GoogleBot.COM.", "geo-crawl-1.geo.googlebot.com"]
    )
    def test_below_the_operators_own_fits(self, host: str) -> None:
        read = read_host(host)
        assert read is not None
        assert fits(read, GOOGLES)

    @pytest.mark.parametrize(
        "host",
        [
            "googlebot.com.evil.example", "evilgooglebot.com", "crawl.evilgooglebot.com", "googlebot.com",
            ".googlebot.com", "a..googlebot.com", "googlebot.com.", "crawl.googlebot.com.evil", "crawl-googlebot.com",
            r"x\.googlebot.com", "x\\046googlebot.com", "a b.googlebot.com", "crawl.googlebot.com\n", "é.googlebot.com",
            "crawl.googlebot.com..", "googlebot.com/crawl.googlebot.com", "", ".", "*.googlebot.com",
            "google-proxy-66-249-81-1.google.com", "1.1.1.1.gae.googleusercontent.com", "crawl.googlebot.co",
        ],
    )  # fmt: skip
    def test_that_only_looks_so_does_not(self, host: str) -> None:
        read = read_host(host)
        assert read is None or not fits(read, GOOGLES)

    def test_fits_a_mask_within_a_label_only_there(self) -> None:
        masks = OPERATORS["seznam"].hosts
        assert fits("fulltextrobot-77-75-77-1.seznam.cz", masks)
        assert fits("fulltextrobot-2a02-598-64-8a00--3100-0.seznam.cz", masks)
        assert not fits("fulltextrobot-1.proxy.seznam.cz", masks)
        assert not fits("proxy.seznam.cz", masks)

    def test_that_is_endless_costs_no_time(self) -> None:
        assert read_host("a." * 20_000) is None
        assert not fits("a-" * 5_000 + "a.example", GOOGLES)


class TestAClaim:
    @pytest.mark.parametrize(
        ("user_agent", "name"),
        [
            (GOOGLEBOT, "google"), (GOOGLEBOT.upper(), "google"), (BINGBOT, "bing"), (TOOL, "google-tools"),
            ("Mozilla/5.0 (Applebot/0.1; +http://www.apple.com/go/applebot)", "apple"),
            ("Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", "yandex"),
            ("Mozilla/5.0 (compatible; Baiduspider-render/2.0)", "baidu"),
            ("Mozilla/5.0 (compatible; Yahoo! Slurp)", "yahoo"), ("DuckDuckBot/1.1", "duckduckgo"),
            ("Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)", "naver"),
            ("Googlebot bingbot Google-InspectionTool", "google-tools"),
        ],
    )  # fmt: skip
    def test_names_one_crawler_the_one_that_gets_least_first(self, user_agent: str, name: str) -> None:
        claimed = claim_of(user_agent)
        assert claimed is not None
        assert claimed.name == name

    @pytest.mark.parametrize(
        "user_agent",
        ["", "Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0", "facebookexternalhit/1.1",
         "GPTBot/1.2", "Twitterbot/1.0", "Slackbot-LinkExpanding 1.0", "x" * 600 + "Googlebot"],
    )  # fmt: skip
    def test_is_nothing_that_most_make(self, user_agent: str) -> None:
        assert claim_of(user_agent) is None


class TestWhatEachGets:
    def test_unsaid_is_all_of_it_for_search_and_a_preview_for_everything_else(self) -> None:
        assert {gets(one, {}) for one in CRAWLERS if one.kind is Kind.SEARCH} == {Extent.FULL}
        assert {gets(one, {}) for one in CRAWLERS if one.kind is not Kind.SEARCH} == {Extent.PREVIEW}

    def test_is_what_the_publisher_has_said(self) -> None:
        google = next(one for one in CRAWLERS if one.name == "google")
        assert gets(google, {"google": "preview"}) is Extent.PREVIEW
        assert gets(google, {"bing": "preview"}) is Extent.FULL


class TestTheCatalogue:
    def test_puts_those_that_get_less_first(self) -> None:
        kinds = [one.kind is Kind.SEARCH for one in CRAWLERS]
        assert kinds == sorted(kinds)

    def test_holds_only_ranges_that_make_sense_and_says_of_when(self) -> None:
        assert [name for name, one in OPERATORS.items() if one.bundled] == ["google", "bing", "apple"]
        for operator in OPERATORS.values():
            assert set(sensible(bundled(operator).ranges)) == set(bundled(operator).ranges)
            assert bool(operator.bundled) == (operator.bundled_as_of is not None)

    def test_can_know_every_operator_and_asks_over_https(self) -> None:
        for operator in OPERATORS.values():
            assert operator.hosts or operator.ranges_url, operator.name
            assert operator.ranges_url.startswith("https://") or not operator.ranges_url
            assert all(mask.count(".") >= 2 for mask in operator.hosts)
