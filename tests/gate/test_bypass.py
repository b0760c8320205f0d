"""Ways past a wall, each tried on the whole product; the numbers are those of the list of bypasses.

The same run shows the canary to the reader who paid: a page that shows it to nobody would prove nothing.
"""

import base64
import codecs
import html
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

import pytest

from paywall.app import Product
from tests.gate.test_reading import at_once
from tests.gate.visits import CANARY, Browser

Change = Callable[..., None]

GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
HEADERS = {
    "B01 user agent of a crawler": {"User-Agent": GOOGLEBOT},
    "B02 with a crawler's address": {
        "User-Agent": "Googlebot/2.1", "X-Forwarded-For": "66.249.66.1", "Referer": "https://www.google.com/",
    },
    "B08 bingbot": {"User-Agent": "bingbot"},
    "B08 facebook": {"User-Agent": "facebookexternalhit/1.1"},
    "B08 twitter": {"User-Agent": "Twitterbot/1.0"},
    "B08 apple": {"User-Agent": "Applebot/0.1"},
    "B08 gptbot": {"User-Agent": "GPTBot/1.2"},
    "B08 slack": {"User-Agent": "Slackbot-LinkExpanding 1.0"},
    "B10 a referrer that looks like Google's": {"Referer": "https://www.google.com.evil.example/"},
    "B10 a referrer with Google in it": {"Referer": "https://evil.example/?https://www.google.com"},
    "B20 another method by header": {"X-HTTP-Method-Override": "GET"},
    "B22 a condition": {"If-None-Match": "*", "If-Modified-Since": "Mon, 23 Nov 2037 12:00:00 GMT"},
    "B23 gzip": {"Accept-Encoding": "gzip"},
    "B23 br": {"Accept-Encoding": "br"},
    "B23 identity": {"Accept-Encoding": "identity"},
    "a range": {"Range": "bytes=0-99999"},
    "JSON": {"Accept": "application/json"},
    "a decision": {"Paywall-Decision": "full", "paywall.decision": "full", "X-Paywall-Decision": "full"},
    "a knock": {"paywall.knock": "1", "X-Paywall-Knock": "1"},
}  # fmt: skip
QUERIES = (
    "print=1", "view=print", "page=all", "single=1", "app=1", "output=json", "format=txt", "preview=true", "embed=1",
    "fullstory=1", "rev=1", "_escaped_fragment_=", "gift=1", "paywall.decision=full",
)  # fmt: skip
SPELLINGS = (
    "/articles/%73ubscribers-0", "/NEWS/subscribers-0", "/articles//subscribers-0", "/articles/./subscribers-0",
    "/x/../articles/subscribers-0", "/articles/subscribers-0/", "/articles/subscribers-0;v=1",
    "/articles/subscribers-0%00", "/articles/subscribers-0.html", "/articles/subscribers-0.json",
    "/articles/subscribers-0%20", "/articles/subscribers-0.", "//articles/subscribers-0", "/Articles/subscribers-0",
    "/articles/SUBSCRIBERS-0", "/articles/subscribers-%EF%BC%90", "/articles%2Fsubscribers-0",
    "/articles/subscribers-0%0A",
    "/articles/subscribers-0/feed", "/articles/subscribers-0/a.js", "/revisions/1", "/api/articles/1",
)  # fmt: skip


def hidden_forms(text: str) -> list[bytes]:
    """Return the text as it might be hidden in a page."""
    plain = text.encode()
    shifted = [base64.b64encode(b" " * by + plain)[4:-4] for by in range(3)]
    forms = [plain, plain[::-1], codecs.encode(text, "rot13").encode(), quote(text).encode(), plain.hex().encode()]
    return [*forms, *shifted, "".join(f"&#{ord(c)};" for c in text).encode(), html.escape(text).encode()]


def assert_locked(body: bytes) -> None:
    for form in hidden_forms(CANARY):
        assert form not in body


@pytest.fixture
def subscriber(product: Product, entitle: Change) -> Browser:
    subscriber = Browser(product.flask, address="192.0.2.44")
    subscriber.sign_up("leyla@example.org")
    entitle(1)
    return subscriber


@pytest.fixture
def spent(product: Product) -> Browser:
    spent = Browser(product.flask)
    for number in range(3):
        spent.read(f"metered-{number}")
    return spent


class TestTheControl:
    def test_who_paid_is_shown_the_canary(self, subscriber: Browser) -> None:
        assert CANARY in subscriber.get("/articles/subscribers-0").text
        assert CANARY in subscriber.get("/articles/metered-7").text

    @pytest.mark.parametrize("form", hidden_forms(CANARY))
    def test_a_hidden_canary_would_be_found(self, form: bytes) -> None:
        with pytest.raises(AssertionError):
            assert_locked(b"<p>" + form + b"</p>")


@pytest.mark.parametrize("technique", HEADERS)
def test_headers_open_nothing(subscriber: Browser, spent: Browser, technique: str) -> None:
    assert CANARY in subscriber.get("/articles/subscribers-0").text
    for slug in ("subscribers-0", "metered-7"):
        answer = spent.get(f"/articles/{slug}", headers=HEADERS[technique])
        assert answer.status_code == 200
        assert_locked(answer.data)
        assert "ETag" not in answer.headers


def test_b34_queries_open_nothing(subscriber: Browser, spent: Browser) -> None:
    for query in QUERIES:
        assert CANARY in subscriber.get(f"/articles/subscribers-0?{query}").text
        for slug in ("subscribers-0", "metered-7"):
            answer = spent.get(f"/articles/{slug}?{query}")
            assert answer.status_code == 200
            assert_locked(answer.data)


def test_b41_other_spellings_of_the_path_open_nothing(subscriber: Browser, spent: Browser) -> None:
    assert CANARY in subscriber.get("/articles/subscribers-0").text  # and it is in memory now
    for path in SPELLINGS:
        answer = spent.get(path)
        assert answer.status_code in (200, 301, 308, 404), path
        assert_locked(answer.data)
        assert_locked(spent.client.head(path, base_url=spent.base_url).data)


def test_b20_other_methods_get_no_text(spent: Browser, subscriber: Browser) -> None:
    for browser in (spent, subscriber):
        for method, status in (("OPTIONS", 204), ("TRACE", 405), ("PROPFIND", 405), ("POST", 405), ("PUT", 405)):
            answer = browser.client.open("/articles/subscribers-0", method=method, base_url=browser.base_url)
            assert (answer.status_code, answer.data) == (status, b"")
            assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "cookie",
    ["0", '{"n":-99}', "1." + "a" * 22 + "." + "b" * 22, "x" * 4096, "", "é", "\x00", "a" * 76, "=" * 76, "-" * 76],
)
def test_b13_made_up_cookies_are_nobody_s(spent: Browser, product: Product, cookie: str) -> None:
    for name in ("visitor", "pass", "session", "meter"):
        thief = Browser(product.flask)
        header = {"Cookie": f"__Host-{name}={cookie}"}
        answer = thief.client.get("/articles/subscribers-0", base_url=thief.base_url, headers=header)
        assert answer.status_code == 200
        assert_locked(answer.data)
    value = spent.kept("visitor") or ""
    spent.put("visitor", value)
    assert spent.decision("metered-7") == "preview; reason=meter_used_up; left=0"


def test_b13_another_publisher_s_deployment_can_not_sign_for_ours(product: Product) -> None:
    from paywall.meter import visitor  # noqa: PLC0415

    thief = Browser(product.flask)
    thief.put("visitor", visitor.mint(visitor.visitor_key("some other deployment's secret")))
    assert "Set-Cookie" in thief.read("metered-0").headers


@pytest.mark.parametrize("addresses", [["203.0.113.9"] * 30, [f"2001:db8:1:2::{n:x}" for n in range(1, 31)]])
def test_b11_b14_b16_without_cookies_one_network_has_one_cap(
    product: Product, set_publisher: Change, addresses: list[str]
) -> None:
    set_publisher(network_cap_factor=2)
    opened = [
        Browser(product.flask, address=address).decision(f"metered-{number % 8}").startswith("full")
        for number, address in enumerate(addresses[:8])
    ]
    assert opened == [True] * 6 + [False] * 2


def test_b17_one_view_is_left_and_many_articles_are_asked_for_at_once(product: Product) -> None:
    first = Browser(product.flask)
    for number in range(2):
        first.read(f"metered-{number}")
    copies = [first.copy() for _ in range(6)]
    said = at_once([partial(b.decision, f"metered-{n + 2}") for n, b in enumerate(copies)])
    assert sum(one.startswith("full") for one in said) == 1


def test_b38_b43_b47_hosts_that_are_not_ours_are_refused(subscriber: Browser) -> None:
    assert CANARY in subscriber.get("/articles/subscribers-0").text
    for host in ("other.example", "origin-internal", "news.test,news.test", "news.test:81", "127.0.0.1", ""):
        answer = subscriber.get("/articles/subscribers-0", headers={"Host": host})
        assert answer.status_code == 400, host
        assert_locked(answer.data)


def test_the_knock_can_not_be_made_from_outside(subscriber: Browser) -> None:
    assert subscriber.get("/-/identity").status_code == 404
