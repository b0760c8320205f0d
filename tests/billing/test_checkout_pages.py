"""The subscription page, the click and the way back, as a browser meets them; with the table of bad input."""

import ast
import csv
import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import delete, select, update

from paywall.audit import AuditEntry
from paywall.billing.catalogue.plans import Plan, Price
from paywall.billing.checkout.tables import Customer
from paywall.billing.checkout.welcome import Arrival, finish_checkout
from paywall.billing.subscriptions.tables import Subscription
from paywall.billing.syncing.ownership import Owner
from paywall.billing.syncing.sync import sync_subscription
from paywall.entitlements.tables import EntitlementRow
from paywall.readers.tables import Reader
from paywall.settings import BadSettings, read_settings
from tests.billing.shop import MONTHLY, PAY, SITE, YEARLY, Shop
from tests.readers.browser import Browser

ROOT = Path(__file__).resolve().parent.parent
CREATE = "POST /v1/checkout/sessions"
ARTICLE = "/articles/one"


def rows(kind: str) -> list[dict[str, str]]:
    """Return the table's rows of one kind; there is at least one."""
    with (ROOT / "cases" / "checkout.tsv").open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["kind"] == kind]
    assert found
    return found


def literal(text: str) -> str | bytes:
    """Read a row's input: text or bytes as Python writes them, perhaps repeated by *."""
    body, _, times = text.rpartition(" * ")
    value: str | bytes = ast.literal_eval(body or text)
    return value * int(times or 1) if body else value


def unfolded(text: str) -> str:
    """Read JSON as it is, or as Python repeats it."""
    return str(literal(text)) if " * " in text else text


def choose(browser: Browser, lookup_key: str = MONTHLY, goal: str = ARTICLE) -> Any:
    return browser.post("/subscribe", {"price": lookup_key, "next": goal})


def come_back(browser: Browser, shop: Shop) -> Any:
    return browser.get(f"/subscribe/welcome?session_id={shop.sessions()[0]['id']}")


def reader_id(shop: Shop) -> int:
    with shop.database.reading() as session:
        return session.scalars(select(Reader.id).order_by(Reader.id.desc())).first() or 0


def stored(shop: Shop) -> tuple[int, int]:
    with shop.database.reading() as session:
        return len(shop.checkouts()), len(list(session.scalars(select(Customer))))


class TestTheOffer:
    def test_is_shown_to_everybody_and_makes_nothing(self, shop: Shop) -> None:  # CKO-S28
        page = Browser(shop.product.flask).get("/subscribe?next=/articles/one")
        assert page.status_code == 200
        assert (stored(shop), list(shop.sandbox.calls)) == ((0, 0), [])

    def test_says_price_with_tax_interval_saving_terms_withdrawal_and_how_it_ends(self, shop: Shop) -> None:
        text = Browser(shop.product.flask).get("/subscribe").text.replace("\N{NO-BREAK SPACE}", " ")
        for words in ("4.99 ₼", "a month", "49.90 ₼", "a year", "Saves 9.98 ₼ a year", "tax included"):
            assert words in text
        for words in ("renews", "Right of withdrawal", "14 days", "Cancelling", "two clicks"):
            assert words in text

    def test_has_one_form_for_each_price_that_carries_the_way_back(self, shop: Shop) -> None:
        text = Browser(shop.product.flask).get(f"/subscribe?next={ARTICLE}").text
        assert re.findall(r'name="price" value="([^"]+)"', text) == [MONTHLY, YEARLY]
        assert re.findall(r'name="next" value="([^"]+)"', text) == [ARTICLE, ARTICLE]

    @pytest.mark.parametrize("goal", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"])
    def test_leads_nowhere_else(self, shop: Shop, goal: str) -> None:
        text = Browser(shop.product.flask).get(f"/subscribe?next={quote(goal)}").text
        assert set(re.findall(r'name="next" value="([^"]+)"', text)) == {"/"}

    def test_without_a_price_says_so(self, shop: Shop) -> None:
        with shop.database.writing() as session:
            session.execute(delete(Price))
        page = Browser(shop.product.flask).get("/subscribe")
        assert page.status_code == 200
        assert "no subscription on offer" in page.text

    def test_stands_at_the_end_of_a_preview_in_one_line(self, shop: Shop) -> None:
        wall_offer: Any = shop.product.flask.jinja_env.globals["wall_offer"]
        offer = wall_offer(shop.publisher)
        assert offer.price_line == "4.99\N{NO-BREAK SPACE}₼ a month, cancel any time"


class TestAClickOnAPrice:
    def test_leads_a_reader_to_stripe(self, shop: Shop) -> None:
        answer = choose(shop.browser())
        assert answer.status_code == 303
        assert answer.location == shop.sessions()[0]["url"]

    def test_may_call_the_field_a_plan(self, shop: Shop) -> None:
        assert shop.browser().post("/subscribe", {"plan": MONTHLY}).location.startswith(PAY)

    def test_leads_a_visitor_to_sign_in_and_keeps_the_choice(self, shop: Shop) -> None:  # CKO-S01
        browser = Browser(shop.product.flask)
        answer = choose(browser)
        assert answer.status_code == 302
        back = f"/subscribe?price={MONTHLY}&next={ARTICLE}".replace(":", "%3A")
        assert answer.location == f"/login?next={quote(back, safe='/')}"
        assert f'value="{ARTICLE}"' in browser.get(back).text
        assert re.search(r"<button[^>]* autofocus>Subscribe by the month", browser.get(back).text)

    def test_of_a_program_that_is_not_signed_in_is_a_401(self, shop: Shop) -> None:  # CKO-S01
        browser = Browser(shop.product.flask)
        assert browser.post_body("/subscribe", b"{}", "application/json").status_code == 401
        assert browser.post("/subscribe", {}, headers={"Accept": "application/json"}).status_code == 401

    def test_without_a_csrf_token_is_refused(self, shop: Shop) -> None:  # CKO-S27
        browser = shop.browser()
        answer = browser.client.post("/subscribe", data={"price": MONTHLY}, base_url=SITE)
        assert answer.status_code == 400
        assert stored(shop) == (0, 0)

    @pytest.mark.parametrize("table", [Plan, Price])
    def test_on_what_is_archived_is_a_404(self, shop: Shop, table: Any) -> None:  # CKO-S03
        with shop.database.writing() as session:
            session.execute(update(table).values(archived_at=shop.time.now()))
        assert choose(shop.browser()).status_code == 404
        assert stored(shop) == (0, 0)

    def test_of_a_subscriber_leads_to_the_account(self, shop: Shop) -> None:  # CKO-S06
        browser = shop.browser()
        shop.pay(choose(browser).location)
        come_back(browser, shop)
        shop.sandbox.calls.clear()
        answer = choose(browser)
        assert (answer.status_code, answer.location) == (303, "/account")
        assert not shop.sandbox.calls

    @pytest.mark.parametrize("status", ["past_due", "unpaid", "incomplete", "paused"])
    def test_of_somebody_who_owes_leads_to_where_it_is_paid(self, shop: Shop, status: str) -> None:  # CKO-S07
        browser = shop.browser()
        shop.pay(choose(browser).location)
        come_back(browser, shop)
        with shop.database.writing() as session:
            session.execute(update(Subscription).values(status=status))
        answer = choose(browser)
        assert (answer.status_code, answer.location) == (303, "/account/payment")
        assert len(shop.subscriptions()) == 1

    def test_twice_leads_to_one_page(self, shop: Shop) -> None:  # CKO-S09
        browser = shop.browser()
        assert choose(browser).location == choose(browser).location
        assert len(shop.sessions()) == 1

    @pytest.mark.parametrize("status", [500, 429, 400, 401])
    def test_while_stripe_is_in_trouble_is_a_503_that_says_when_to_come_again(  # CKO-S12
        self, shop: Shop, status: int
    ) -> None:
        browser = shop.browser()
        shop.sandbox.faults.add(CREATE, status=status)
        answer = choose(browser)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "<h1" in answer.text
        assert choose(browser).status_code == 303

    def test_that_stripe_declines_says_why(self, shop: Shop) -> None:  # CKO-S12
        body = b'{"error": {"type": "card_error", "message": "Your card has no money."}}'
        shop.sandbox.faults.add(CREATE, status=402, body=body)
        answer = choose(shop.browser())
        assert answer.status_code == 503
        assert "Your card has no money." in answer.text

    def test_whose_answer_is_lost_is_found_by_the_next(self, shop: Shop) -> None:  # CKO-S13
        browser = shop.browser()
        shop.sandbox.faults.add(CREATE, drop_after_commit=True)
        assert choose(browser).status_code == 503
        assert choose(browser).location == shop.sessions()[0]["url"]
        assert len(shop.sessions()) == 1

    @pytest.mark.parametrize("body", [b"{", b'{"id": "cs_test_1", "object": "checkout.session"}'])
    def test_that_gets_no_address_is_a_503(self, shop: Shop, body: bytes) -> None:  # CKO-S15
        browser = shop.browser()
        shop.sandbox.faults.add(CREATE, status=200, body=body)
        assert choose(browser).status_code == 503
        assert choose(browser).status_code == 303

    def test_before_payments_are_set_up_is_a_503(self, shop: Shop) -> None:
        shop.product.flask.extensions["paywall.billing"] = None
        assert choose(shop.browser()).status_code == 503


class TestComingBack:
    def test_before_the_webhook_opens_the_very_article(self, shop: Shop) -> None:  # CKO-S19
        browser = shop.browser()
        paid = shop.pay(choose(browser).location)
        answer = browser.get(paid.location.removeprefix(SITE))
        assert (answer.status_code, answer.location) == (303, ARTICLE)
        assert any(cookie.startswith("__Host-pass=;") for cookie in answer.headers.getlist("Set-Cookie"))
        with shop.database.reading() as session:
            (row,) = session.scalars(select(EntitlementRow))
        assert (row.reader_id, row.standing) == (reader_id(shop), "subscribed")
        assert shop.open_checkouts() == []

    def test_after_the_webhook_opens_it_too(self, shop: Shop) -> None:  # CKO-S21
        browser = shop.browser()
        shop.pay(choose(browser).location)
        sync_subscription(shop.billing, shop.sessions()[0]["subscription"])
        assert come_back(browser, shop).location == ARTICLE

    def test_from_no_article_leads_to_the_page_that_says_it_worked(self, shop: Shop) -> None:
        browser = shop.browser()
        shop.pay(choose(browser, goal="/").location)
        assert come_back(browser, shop).location == "/account"

    def test_again_and_again_changes_nothing(self, shop: Shop) -> None:
        browser = shop.browser()
        shop.pay(choose(browser).location)
        assert {come_back(browser, shop).location for _ in range(3)} == {ARTICLE}
        with shop.database.reading() as session:
            assert len(list(session.scalars(select(Subscription)))) == 1

    def test_without_a_sessions_id_leads_to_the_account(self, shop: Shop) -> None:  # CKO-S16
        answer = shop.browser().get("/subscribe/welcome")
        assert (answer.status_code, answer.location) == (303, "/account")

    def test_signed_out_leads_through_sign_in_back_here(self, shop: Shop) -> None:
        answer = Browser(shop.product.flask).get("/subscribe/welcome?session_id=cs_test_12345678")
        assert answer.status_code == 302
        assert answer.location == "/login?next=/subscribe/welcome%3Fsession_id%3Dcs_test_12345678"

    def test_unpaid_says_so_and_stays_locked(self, shop: Shop) -> None:  # CKO-S18
        browser = shop.browser()
        choose(browser)
        answer = come_back(browser, shop)
        assert answer.status_code == 200
        assert "Payment pending" in answer.text
        assert "Refresh" not in answer.headers
        with shop.database.reading() as session:
            assert list(session.scalars(select(EntitlementRow))) == []

    def test_to_a_page_that_was_closed_leads_to_the_offer(self, shop: Shop) -> None:
        browser = shop.browser()
        choose(browser)
        shop.time.move(hours=25)
        assert come_back(browser, shop).location == f"/subscribe?next={ARTICLE}"
        assert shop.open_checkouts() == []

    @pytest.mark.parametrize("session_id", ["x", "cs_", "../v1", "cs_test_a\x00b", "cs_test_\u202e12345", "c" * 5000])
    def test_with_what_is_no_sessions_id_is_a_404_that_asks_nobody(self, shop: Shop, session_id: str) -> None:
        browser = shop.browser()
        assert browser.get(f"/subscribe/welcome?session_id={quote(session_id)}").status_code == 404
        assert not shop.sandbox.calls

    def test_with_a_session_nobody_knows_is_a_404(self, shop: Shop) -> None:
        browser = shop.browser()
        choose(browser)
        assert browser.get("/subscribe/welcome?session_id=cs_test_ofnobody123").status_code == 404

    def test_with_somebody_elses_session_is_a_404_and_opens_nothing(self, shop: Shop) -> None:
        shop.pay(choose(shop.browser()).location)
        other = shop.browser()
        assert come_back(other, shop).status_code == 404
        shop.click(reader_id(shop))
        theirs = shop.sessions()[1]["id"]
        assert other.get(f"/subscribe/welcome?session_id={theirs}").status_code == 404
        with shop.database.reading() as session:
            assert list(session.scalars(select(EntitlementRow))) == []

    def test_while_stripe_is_away_asks_again_by_itself(self, shop: Shop) -> None:
        browser = shop.browser()
        shop.pay(choose(browser).location)
        shop.sandbox.faults.add("GET /v1/checkout/sessions/<id>", status=503)
        answer = come_back(browser, shop)
        assert answer.status_code == 200
        again = answer.headers["Refresh"].removeprefix("2; url=")
        assert again.replace("&", "&amp;") in answer.text
        assert browser.get(again).location == ARTICLE

    def test_asks_again_for_a_minute_and_not_for_ever(self, shop: Shop) -> None:
        browser = shop.browser()
        shop.pay(choose(browser).location)
        shop.sandbox.faults.add("GET /v1/checkout/sessions/<id>", status=503)
        answer = browser.get(f"/subscribe/welcome?session_id={shop.sessions()[0]['id']}&times=30")
        assert answer.status_code == 200
        assert "Refresh" not in answer.headers

    def test_while_stripe_is_away_but_the_webhook_came_opens_at_once(self, shop: Shop) -> None:
        browser = shop.browser()
        shop.pay(choose(browser).location)
        sync_subscription(shop.billing, shop.sessions()[0]["subscription"])
        shop.sandbox.faults.add("GET /v1/checkout/sessions/<id>", status=503)
        assert come_back(browser, shop).location == ARTICLE


class TestWhatShouldNotHappen:
    def test_a_second_subscription_is_ended_and_refunded_and_told_of(self, shop: Shop) -> None:  # CKO-S10
        reader = shop.reader()
        shop.pay(shop.click(reader))
        customer = shop.sessions()[0]["customer"]
        first = shop.sessions()[0]["subscription"]
        price = shop.gateway.find_prices([MONTHLY])[MONTHLY]["id"]
        card = shop.gateway.retrieve_subscription(first)["default_payment_method"]["id"]
        params: Any = {"customer": customer, "items": [{"price": price}], "default_payment_method": card}
        shop.time.move(seconds=1)
        second = shop.gateway.ask(lambda v1: v1.subscriptions.create(params))["id"]
        for subscription in (first, second):
            sync_subscription(shop.billing, subscription)
        assert {one["id"]: one["status"] for one in shop.subscriptions()} == {first: "active", second: "canceled"}
        assert [charge["amount_refunded"] for charge in shop.gateway.list_charges(customer)] == [499, 0]
        with shop.database.reading() as session:
            assert "second_given_back" in set(session.scalars(select(AuditEntry.action)))

    def test_a_reader_erased_before_the_payment_is_heard_of_comes_not_back_to_life(  # CKO-S25
        self, shop: Shop
    ) -> None:
        reader = shop.reader()
        shop.pay(shop.click(reader))
        with shop.database.writing() as session:
            session.execute(delete(Reader))
        sync_subscription(shop.billing, shop.sessions()[0]["subscription"])
        with shop.database.reading() as session:
            assert list(session.scalars(select(Reader))) == []
            assert list(session.scalars(select(EntitlementRow))) == []
        assert [one["status"] for one in shop.subscriptions()] == ["canceled"]

    def test_a_test_key_in_production_is_refused_at_start(self) -> None:  # CKO-S24
        environ = {
            "PAYWALL_SECRET_KEY": "0123456789abcdef" * 2,
            "PAYWALL_BASE_URL": "https://news.example",
            "PAYWALL_STRIPE_SECRET_KEY": "sk_test_1234567890",
            "PAYWALL_STRIPE_WEBHOOK_SECRETS": "whsec_1234567890",
        }
        with pytest.raises(BadSettings, match="PAYWALL_STRIPE_SECRET_KEY"):
            read_settings(environ)

    def test_a_paid_session_that_opens_nothing_is_activating(self, shop: Shop) -> None:
        reader = shop.reader()
        shop.pay(shop.click(reader))
        with shop.database.writing() as session:
            session.execute(update(Reader).values(active=False))
        who = Owner(shop.publisher.id, reader)
        arrived = finish_checkout(shop.billing, who, shop.sessions()[0]["id"])
        assert arrived.arrival is Arrival.ACTIVATING


class TestTheTable:
    """Each kind of bad input in one go: what differs from the table is named by its id."""

    def test_hostile_prices(self, shop: Shop) -> None:
        browser = shop.browser()
        self.check(shop, "price", lambda text: browser.post("/subscribe", f"price={quote(literal(text))}".encode()))

    def test_json(self, shop: Shop) -> None:
        browser = shop.browser()
        self.check(
            shop, "json", lambda text: browser.post_body("/subscribe", unfolded(text).encode(), "application/json")
        )

    def test_other_types(self, shop: Shop) -> None:
        browser = shop.browser()
        self.check(shop, "text/plain", lambda text: browser.post_body("/subscribe", text.encode(), "text/plain"))
        self.check(shop, "nothing", lambda text: browser.post_body("/subscribe", text.encode(), ""))

    def test_packed_bodies(self, shop: Shop) -> None:
        browser, bomb = shop.browser(), gzip.compress(b"x" * 10_000_000)
        headers = {"Content-Encoding": "gzip"}
        self.check(shop, "gzip", lambda _: browser.post("/subscribe", bomb, headers=headers))

    def test_fields_that_are_not_the_readers_to_set(self, shop: Shop) -> None:
        for row in rows("form"):
            answer = shop.browser().post("/subscribe", row["input"].encode())
            assert answer.status_code == int(row["answer"]), row["id"]
        assert len(shop.sessions()) == 2
        for page in shop.sessions():
            assert (page["amount_total"], page["currency"]) == (499, "azn")
            assert page["success_url"].startswith(SITE)
            assert page["cancel_url"].startswith(SITE)

    def test_stories_are_all_told_above(self) -> None:
        told = set(re.findall(r"# (CKO-\w+)", Path(__file__).read_text(encoding="utf-8")))
        assert {row["id"] for row in rows("story")} == told

    def check(self, shop: Shop, kind: str, send: Callable[[str], Any]) -> None:
        answers = {row["id"]: str(send(row["input"]).status_code) for row in rows(kind)}
        assert answers == {row["id"]: row["answer"] for row in rows(kind)}
        assert stored(shop) == (0, 0)
