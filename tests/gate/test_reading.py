"""Readers and visitors at the gate of the whole product: requests in, pages out."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from paywall import clock
from paywall.app import Product
from paywall.entitlements.rules import Standing
from paywall.readers.tables import Reader
from tests.gate.conftest import Add
from tests.gate.visits import CANARY, LEVELS, Browser

Change = Callable[..., None]


def sign_up(browser: Browser, email: str = "leyla@example.org") -> None:
    browser.sign_up(email)
    assert browser.is_signed_in()


class TestAVisitor:
    def test_reads_the_allowance_is_told_what_is_left_and_meets_the_wall(self, browser: Browser) -> None:
        answers = [browser.decision(f"metered-{number}") for number in range(5)]
        assert answers == [
            "full; reason=metered; left=2",
            "full; reason=metered; left=1",
            "full; reason=metered; left=0",
            "preview; reason=meter_used_up; left=0",
            "preview; reason=meter_used_up; left=0",
        ]

    def test_reads_again_what_was_opened_whatever_is_left(self, browser: Browser) -> None:
        for number in range(4):
            browser.read(f"metered-{number}")
        assert browser.decision("metered-0?utm_source=letter") == "full; reason=metered; left=0"

    def test_is_given_a_cookie_only_when_a_view_is_taken(self, browser: Browser) -> None:
        for slug in ("free-0", "registered-0", "subscribers-0"):
            assert "Set-Cookie" not in browser.read(slug).headers
        cookie = browser.read("metered-0").headers["Set-Cookie"]
        assert cookie.startswith("__Host-visitor=")
        assert cookie.endswith("; Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax")
        assert "Set-Cookie" not in browser.read("metered-1").headers

    @pytest.mark.parametrize(
        ("level", "decision"),
        [
            ("free", "full; reason=free_article"),
            ("registered", "preview; reason=registration_required"),
            ("subscribers", "preview; reason=subscription_required"),
        ],
    )
    def test_meets_each_level(self, browser: Browser, level: str, decision: str) -> None:
        assert browser.decision(f"{level}-0") == decision

    def test_who_clears_cookies_stops_at_the_network_line(self, product: Product, set_publisher: Change) -> None:
        set_publisher(network_cap_factor=1)
        opened = [Browser(product.flask).decision(f"metered-{number}") for number in range(5)]
        assert [one.split(";")[0] for one in opened] == ["full", "full", "full", "preview", "preview"]
        elsewhere = Browser(product.flask, address="198.51.100.9")
        assert elsewhere.decision("metered-4").startswith("full")

    def test_with_a_session_but_no_account_is_asked_about_once(self, browser: Browser, product: Product) -> None:
        browser.get("/login")
        assert browser.kept("session")
        browser.read("metered-0")
        asked: list[object] = []
        product.gate.recognition._knock = asked.append  # type: ignore[assignment]
        assert browser.decision("metered-1") == "full; reason=metered; left=1"
        assert asked == []


class TestThePublishersHand:
    def test_a_lifted_wall_opens_everything_until_its_time(self, browser: Browser, set_publisher: Change) -> None:
        set_publisher(wall_lifted_until=clock.now() + timedelta(hours=1))
        assert {browser.decision(f"{level}-0") for level in LEVELS} == {"full; reason=free_article"}
        set_publisher(wall_lifted_until=clock.now() - timedelta(hours=1))
        assert browser.decision("subscribers-0") == "preview; reason=subscription_required"

    def test_the_registration_wall_asks_visitors_for_an_account(self, browser: Browser, set_publisher: Change) -> None:
        set_publisher(registration_wall=True)
        assert browser.decision("metered-0") == "preview; reason=registration_required"
        sign_up(browser)
        assert browser.decision("metered-0") == "full; reason=metered; left=4"

    def test_an_allowance_of_nothing_is_a_hard_wall(self, browser: Browser, set_meter: Change) -> None:
        set_meter(visitor_allowance=0)
        assert browser.decision("metered-0") == "preview; reason=subscription_required"

    def test_a_lower_allowance_shuts_nothing_that_was_opened(self, browser: Browser, set_meter: Change) -> None:
        browser.read("metered-0")
        browser.read("metered-1")
        set_meter(visitor_allowance=1)
        assert browser.decision("metered-0") == "full; reason=metered; left=0"
        assert browser.decision("metered-2") == "preview; reason=meter_used_up; left=0"

    def test_what_is_not_there_yet_is_404_and_what_was_withdrawn_410(self, browser: Browser, add: Add) -> None:
        add("tomorrow", published_at=clock.now() + timedelta(days=1))
        add("embargoed", embargoed_until=clock.now() + timedelta(days=1))
        add("gone", withdrawn_at=clock.now() - timedelta(minutes=1))
        statuses = [browser.get(f"/articles/{slug}").status_code for slug in ("tomorrow", "embargoed", "gone", "none")]
        assert statuses == [404, 404, 410, 404]

    def test_an_article_free_for_its_first_hours_is_open(self, browser: Browser, add: Add) -> None:
        add("fresh", access="subscribers", free_first_hours=2)
        assert browser.decision("fresh") == "full; reason=free_article"


class TestAReader:
    def test_opens_registered_articles_and_has_the_readers_allowance(self, browser: Browser) -> None:
        sign_up(browser)
        assert browser.decision("registered-0") == "full; reason=registered"
        assert browser.decision("metered-0") == "full; reason=metered; left=4"
        assert browser.decision("subscribers-0") == "preview; reason=subscription_required"

    def test_keeps_what_was_read_before_signing_in_counted_once(self, browser: Browser) -> None:
        for number in (0, 1):
            browser.read(f"metered-{number}")
        sign_up(browser)
        assert browser.decision("metered-1") == "full; reason=metered; left=3"
        assert browser.decision("metered-2") == "full; reason=metered; left=2"
        assert browser.decision("metered-0") == "full; reason=metered; left=2"

    @pytest.mark.parametrize("standing", Standing)
    def test_who_is_entitled_reads_everything(self, browser: Browser, entitle: Change, standing: Standing) -> None:
        sign_up(browser)
        entitle(1, standing)
        for level in ("registered", "metered", "subscribers"):
            assert browser.decision(f"{level}-0") == f"full; reason={standing}"

    def test_who_has_just_paid_reads_at_the_next_view(self, browser: Browser, entitle: Change) -> None:
        sign_up(browser)
        assert browser.decision("subscribers-0").startswith("preview")
        entitle(1)
        assert browser.decision("subscribers-0") == "full; reason=subscribed"

    def test_whose_right_is_suspended_is_asked_to_put_the_payment_right(
        self, browser: Browser, entitle: Change
    ) -> None:
        sign_up(browser)
        entitle(1, suspended=True)
        assert browser.decision("subscribers-0") == "preview; reason=suspended"

    def test_whose_grace_is_over_is_asked_to_pay_and_not_to_subscribe_again(
        self, browser: Browser, entitle: Change
    ) -> None:
        sign_up(browser)
        entitle(1, Standing.IN_GRACE, days=-1)
        answer = browser.read("subscribers-0")
        assert answer.headers["Paywall-Decision"] == "preview; reason=subscription_required"
        assert 'href="/account/payment"' in answer.text
        assert CANARY not in answer.text
        invitation = answer.text.split('class="invitation"')[1].split("</aside>")[0]
        assert "/subscribe" not in invitation

    def test_whose_right_has_run_out_is_a_reader_like_others(self, browser: Browser, entitle: Change) -> None:
        sign_up(browser)
        entitle(1, days=-1)
        assert browser.decision("subscribers-0") == "preview; reason=subscription_required"

    def test_of_the_staff_reads_everything(self, browser: Browser, product: Product) -> None:
        sign_up(browser)
        with product.database.writing() as session:
            session.get_one(Reader, 1).is_staff = True
        assert browser.decision("subscribers-0") == "full; reason=staff"

    def test_who_signs_out_is_a_visitor_again(self, browser: Browser, entitle: Change) -> None:
        sign_up(browser)
        entitle(1)
        browser.read("subscribers-0")
        browser.post("/logout")
        assert browser.decision("subscribers-1") == "preview; reason=subscription_required"


class TestTheLastFreeArticle:
    def test_of_six_who_open_six_articles_at_once_one_reads(self, product: Product, browser: Browser) -> None:
        browser.read("metered-0")
        browser.read("metered-1")
        browsers = [browser.copy() for _ in range(6)]
        decisions = at_once([partial(b.decision, f"metered-{n + 2}") for n, b in enumerate(browsers)])
        assert sorted(one.split(";")[0] for one in decisions) == ["full"] + ["preview"] * 5
        product.database.session.remove()

    def test_twenty_tabs_of_one_article_cost_one_view(self, browser: Browser) -> None:
        browser.read("metered-0")
        browsers = [browser.copy() for _ in range(20)]
        decisions = at_once([partial(b.decision, "metered-1") for b in browsers])
        assert set(decisions) == {"full; reason=metered; left=1"}


class TestARequestThatDoesNotCount:
    PREFETCHES = ({"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"})  # fmt: skip  # noqa: E501

    @pytest.mark.parametrize("headers", PREFETCHES)
    def test_a_prefetch_of_what_is_not_open_is_an_empty_503(self, browser: Browser, headers: dict[str, str]) -> None:
        for slug in ("metered-0", "registered-0", "subscribers-0"):
            answer = browser.get(f"/articles/{slug}", headers=headers)
            assert (answer.status_code, answer.data) == (503, b"")
            assert answer.headers["Cache-Control"] == "private, no-store"
        assert browser.decision("metered-0") == "full; reason=metered; left=2"

    @pytest.mark.parametrize("headers", PREFETCHES)
    def test_a_prefetch_of_what_was_opened_is_answered(self, browser: Browser, headers: dict[str, str]) -> None:
        browser.read("metered-0")
        assert CANARY in browser.read("metered-0", headers=headers).text
        assert CANARY in browser.read("free-0", headers=headers).text

    def test_fifty_heads_take_no_view_and_are_as_long_as_the_preview(self, browser: Browser) -> None:
        shut = browser.read("subscribers-0")
        for number in range(50):
            head = browser.client.head(f"/articles/metered-{number % 8}", base_url=browser.base_url)
            assert head.data == b""
            assert abs(int(head.headers["Content-Length"]) - len(shut.data)) < 600
            assert head.headers["Paywall-Decision"] == "preview; reason=metered; left=3"
        assert browser.decision("metered-0") == "full; reason=metered; left=2"

    def test_a_head_of_a_locked_article_has_the_length_of_its_preview(self, browser: Browser) -> None:
        shut = browser.read("subscribers-0")
        head = browser.client.head("/articles/subscribers-0", base_url=browser.base_url)
        assert head.headers["Content-Length"] == shut.headers["Content-Length"]


class TestTheAnswer:
    @pytest.mark.parametrize("level", LEVELS)
    def test_is_for_nobody_else(self, browser: Browser, level: str) -> None:
        headers = browser.read(f"{level}-0").headers
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["Vary"] == "Cookie"
        for name in ("ETag", "Last-Modified", "Accept-Ranges", "Paywall-Article", "Paywall-Version", "Expires"):
            assert name not in headers

    def test_knows_no_ranges_and_no_conditions(self, browser: Browser) -> None:
        whole = browser.read("free-0")
        for headers in ({"Range": "bytes=0-10"}, {"If-None-Match": "*"}, {"If-Modified-Since": "Mon, 23 Nov 2037 12:00:00 GMT"}):  # fmt: skip  # noqa: E501
            answer = browser.read("free-0", headers=headers)
            assert (answer.status_code, answer.data) == (200, whole.data)

    def test_from_memory_is_the_one_that_was_rendered(self, browser: Browser, product: Product) -> None:
        first = browser.read("free-0")
        product.wall._application = Flask("nothing here").wsgi_app
        assert browser.read("free-0").data == first.data


def at_once(calls: list[Callable[[], str]]) -> list[str]:
    """Run the calls in threads that start together; returns what they gave."""
    barrier, said = threading.Barrier(len(calls)), [""] * len(calls)

    def run(number: int, call: Callable[[], str]) -> None:
        barrier.wait()
        said[number] = call()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said
