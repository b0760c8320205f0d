"""What the gate answered is written down soon after, or counted as lost; no answer waits for it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from paywall import clock
from paywall.app import Product
from paywall.gate.access import Who
from paywall.gate.decide import TRY_AGAIN
from paywall.gate.events import Answered, EventBuffer, GateEvent, sweep
from paywall.gate.explain import as_table, explain
from tests.gate.visits import Browser

Change = Callable[..., None]


def events(product: Product) -> list[GateEvent]:
    product.gate.events.flush()
    with product.database.reading() as session:
        return list(session.scalars(select(GateEvent).order_by(GateEvent.id)))


class TestGateEvents:
    def test_each_counted_request_is_noted_with_its_answer(self, browser: Browser, product: Product) -> None:
        browser.read("metered-0", headers={"Referer": "https://search.example/?q=secret"})
        browser.read("subscribers-0")
        first, second = events(product)
        card = product.gate.catalogue.card(1, "metered-0")
        assert card
        assert (first.article_id, first.extent, first.reason, first.referrer_host) == (
            card.id, "full", "metered", "search.example",
        )  # fmt: skip
        assert (second.extent, second.reason, second.prompt) == ("preview", "subscription_required", "subscribe")
        assert first.visitor
        assert first.visitor not in (browser.kept("visitor") or "")

    def test_a_reader_is_noted_by_number(self, browser: Browser, product: Product) -> None:
        browser.sign_up("leyla@example.org")
        browser.read("registered-0")
        (event,) = events(product)
        assert (event.reader_id, event.visitor) == (1, None)

    def test_what_does_not_count_is_not_noted(self, browser: Browser, product: Product) -> None:
        browser.client.head("/articles/metered-0", base_url=browser.base_url)
        browser.get("/articles/free-0", headers={"Purpose": "prefetch"})
        assert events(product) == []

    @pytest.mark.parametrize("referrer", ["http://[", "x" * 9000, "https://\x00.example", "https://é.example", "//"])
    def test_a_strange_referrer_is_none(self, browser: Browser, product: Product, referrer: str) -> None:
        environ = browser.environ("/articles/free-0", "")
        environ["HTTP_REFERER"] = referrer
        list(product.flask.wsgi_app(environ, lambda *_: lambda _: None))
        (event,) = events(product)
        assert event.referrer_host is None

    @pytest.mark.parametrize(
        "host", ["a;=cmd|'!a0'", "a,=1+1", "<b>", "-2+3", "=1+1", "a b", "a..b", "[fe80::1%;=1]", "a" * 250 + "!"]
    )
    def test_a_referrer_that_is_no_host_reaches_no_spreadsheet(
        self, browser: Browser, product: Product, host: str
    ) -> None:
        browser.read("free-0", headers={"Referer": f"http://x@{host}/"})
        (event,) = events(product)
        assert event.referrer_host is None

    @pytest.mark.parametrize(
        ("referrer", "host"),
        [
            ("https://News.Example:8443/a?b=c", "news.example"),
            ("http://localhost/", "localhost"),
            ("http://192.0.2.7/", "192.0.2.7"),
            ("http://[2001:db8::7]/", "2001:db8::7"),
            ("https://my_blog.example./", "my_blog.example."),
            ("android-app://com.google.android.gm/", "com.google.android.gm"),
        ],
    )
    def test_a_referrer_is_kept_as_its_host(self, browser: Browser, product: Product, referrer: str, host: str) -> None:
        browser.read("free-0", headers={"Referer": referrer})
        (event,) = events(product)
        assert event.referrer_host == host

    def test_old_ones_are_swept(self, browser: Browser, product: Product) -> None:
        browser.read("free-0")
        assert len(events(product)) == 1
        with product.database.writing() as session:
            sweep(session, clock.now() + timedelta(days=89), 90)
        assert len(events(product)) == 1
        with product.database.writing() as session:
            sweep(session, clock.now() + timedelta(days=91), 90)
        assert events(product) == []

    def test_a_full_buffer_counts_what_it_loses(self, product: Product) -> None:
        buffer = EventBuffer(product.database, most_kept=1)
        assert buffer.has_room()
        buffer.note(Answered(1, 1, None, "v", TRY_AGAIN, "", clock.now()))
        assert not buffer.has_room()
        assert buffer.lost == 1
        assert buffer.flush() == 1
        assert buffer.has_room()


class TestExplaining:
    def test_prints_every_step_up_to_the_one_that_decides(
        self, browser: Browser, product: Product, entitle: Change
    ) -> None:
        browser.sign_up("leyla@example.org")
        profile, card = product.profiles.of(1), product.gate.catalogue.card(1, "metered-0")
        assert card
        browser.read("metered-0")
        before = as_table(explain(product.gate.gate, profile, card, Who("r1", 1), clock.now()))
        assert "1 of 5 views used" in before
        assert before.endswith("full; reason=metered; left=4; prompt=none")
        entitle(1)
        after = as_table(explain(product.gate.gate, profile, card, Who("r1", 1), clock.now()))
        assert "rule: the entitled read everything" in after
        assert after.endswith("full; reason=subscribed; prompt=none")

    def test_spends_nothing(self, browser: Browser, product: Product) -> None:
        browser.sign_up("leyla@example.org")
        profile, card = product.profiles.of(1), product.gate.catalogue.card(1, "metered-0")
        assert card
        for _ in range(9):
            explain(product.gate.gate, profile, card, Who("r1", 1), clock.now())
        assert browser.decision("metered-0") == "full; reason=metered; left=4"
