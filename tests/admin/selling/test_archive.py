"""A plan that is not sold any more: gone from sale here and at Stripe, kept by who has it, and brought back."""

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from paywall import clock
from paywall.billing.subscriptions.tables import Subscription
from paywall.billing.syncing.sync import sync_subscription
from paywall.entitlements.tables import EntitlementRow
from paywall.staff.rules import Role
from tests.admin.at_once import send_at_once
from tests.billing.shop import MONTHLY, SITE, YEARLY, Shop
from tests.readers.browser import Browser
from tests.staff.people import Person, deeds, member

PATH = "/admin/offers/plans/digital/archiving"
BACK = "/admin/offers/plans/digital/return"
PRODUCT = "paywall_news_digital"


def is_sold_at_stripe(shop: Shop) -> tuple[bool, set[str]]:
    """Return whether the product is active there, and which prices are."""
    product = shop.gateway.ask(lambda v1: v1.products.retrieve(PRODUCT))
    return bool(product["active"]), set(shop.gateway.find_prices([MONTHLY, YEARLY]))


def subscribe(shop: Shop) -> None:
    browser = shop.browser()
    shop.pay(browser.post("/subscribe", {"price": MONTHLY}).location)
    come_back(shop, browser)


def come_back(shop: Shop, browser: Browser) -> TestResponse:
    page = shop.sessions()[0]
    return browser.get(page["success_url"].removeprefix(SITE).replace("{CHECKOUT_SESSION_ID}", page["id"]))


def stored(shop: Shop) -> list[tuple[str, str | None, bool]]:
    with shop.database.reading() as session:
        return [(row.status, row.lookup_key, row.is_current) for row in session.scalars(select(Subscription))]


def who_may_read(shop: Shop) -> list[str]:
    """Return in what way each right holds that is open now."""
    with shop.database.reading() as session:
        rights = session.scalars(select(EntitlementRow)).all()
        return [one.standing for one in rights if one.value.grants_access(clock.now())]


class TestAPlanThatIsArchived:
    def test_is_offered_to_nobody_here_and_at_stripe(self, admin: Person, shop: Shop) -> None:
        assert admin.act(PATH).status_code == 303
        assert is_sold_at_stripe(shop) == (False, set())
        assert "Subscribe by the month" not in shop.browser().get("/subscribe").text
        assert shop.browser().post("/subscribe", {"price": MONTHLY}).status_code == 404

    def test_stays_with_who_has_it(self, admin: Person, shop: Shop) -> None:
        subscribe(shop)
        assert "1 subscriber keeps it" in admin.browser.get(PATH).text
        admin.act(PATH)
        [one] = shop.subscriptions()
        assert (one["status"], one["cancel_at_period_end"]) == ("active", False)
        page = admin.browser.get("/admin/offers").text
        assert ("Not sold any more" in page, '<td class="number">1</td>' in page) == (True, True)

    def test_is_brought_back_with_the_prices_it_had(self, admin: Person, shop: Shop) -> None:
        admin.act(PATH)
        assert admin.act(BACK).status_code == 303
        assert is_sold_at_stripe(shop) == (True, {MONTHLY, YEARLY})
        assert shop.gateway.find_prices([MONTHLY])[MONTHLY]["unit_amount"] == 499
        assert shop.browser().post("/subscribe", {"price": MONTHLY}).status_code == 303

    def test_has_its_codes_rest_meanwhile(self, admin: Person, shop: Shop) -> None:
        offer = {"slug": "spring", "plan": "digital", "percent": "50", "duration": "once", "code": "SPRING"}
        admin.act("/admin/offers/new", offer)

        def codes() -> list[str]:
            return [one["code"] for one in shop.gateway.ask_all(lambda v1: v1.promotion_codes.list({"active": True}))]

        assert codes() == ["SPRING"]
        admin.act(PATH)
        assert (codes(), "rests with its plan" in admin.browser.get("/admin/offers").text) == ([], True)
        admin.act(BACK)
        assert codes() == ["SPRING"]

    def test_is_archived_and_brought_back_once_by_four_tabs(self, admin: Person, shop: Shop) -> None:
        assert set(send_at_once(admin, PATH, {})) == {303}
        assert set(send_at_once(admin, BACK, {})) == {303}
        admin.act(BACK)
        assert [len(deeds(shop.product, name)) for name in ("plan_archived", "plan_brought_back")] == [1, 1]

    def test_is_archived_at_stripe_later_where_that_is_away(self, admin: Person, shop: Shop) -> None:
        shop.sandbox.faults.add("*", drop_before=True, times=None)
        assert admin.act(PATH).status_code == 303
        assert "not at Stripe yet" in admin.browser.get("/admin/offers").text
        shop.sandbox.faults.clear()
        admin.act("/admin/offers/stripe")
        assert is_sold_at_stripe(shop) == (False, set())

    def test_is_left_alone_at_stripe_the_second_time(self, admin: Person, shop: Shop) -> None:
        admin.act(PATH)
        shop.writes()
        admin.act("/admin/offers/stripe")
        assert shop.writes() == []

    def test_is_talked_about_with_stripe_while_no_connection_is_held(self, admin: Person, shop: Shop) -> None:
        admin.act(PATH)
        admin.act(BACK)
        assert shop.transport.caught == []


class TestAPaymentPageThatWasOpenWhenThePlanWasArchived:
    def test_is_honoured_at_the_price_that_the_reader_saw(self, admin: Person, shop: Shop) -> None:
        browser = shop.browser()
        address = browser.post("/subscribe", {"price": MONTHLY}).location
        admin.act(PATH)
        assert (shop.pay(address).status_code, come_back(shop, browser).status_code) == (303, 303)
        [one] = shop.subscriptions()
        assert (one["status"], one["items"]["data"][0]["price"]["unit_amount"]) == ("active", 499)
        assert (stored(shop), who_may_read(shop)) == ([("active", MONTHLY, True)], ["subscribed"])
        assert "Digital" in browser.get("/account").text

    def test_is_honoured_where_the_reader_does_not_come_back(self, admin: Person, shop: Shop) -> None:
        address = shop.browser().post("/subscribe", {"price": MONTHLY}).location
        admin.act(PATH)
        shop.pay(address)
        sync_subscription(shop.billing, shop.subscriptions()[0]["id"])
        assert (stored(shop), who_may_read(shop)) == ([("active", MONTHLY, True)], ["subscribed"])

    def test_is_honoured_though_no_other_is_begun_any_more(self, admin: Person, shop: Shop) -> None:
        browser = shop.browser()
        address = browser.post("/subscribe", {"price": MONTHLY}).location
        admin.act(PATH)
        assert browser.post("/subscribe", {"price": MONTHLY}).status_code == 404
        assert shop.pay(address).status_code == 303


class TestWhoMay:
    @pytest.mark.parametrize("path", [PATH, BACK])
    def test_support_may_not(self, shop: Shop, admin: Person, path: str) -> None:
        support = member(shop.product, Role.SUPPORT)
        assert (admin.staff.role, support.act(path).status_code) == (Role.ADMIN, 403)
        assert is_sold_at_stripe(shop)[0]

    @pytest.mark.parametrize("name", ["nothing", "%00", "..%2F"])
    def test_a_plan_that_is_not_there_is_not_archived(self, admin: Person, name: str) -> None:
        assert admin.browser.get(f"/admin/offers/plans/{name}/archiving").status_code == 404
        assert admin.act(f"/admin/offers/plans/{name}/archiving").status_code == 404

    def test_the_page_says_where_nothing_else_is_sold(self, admin: Person) -> None:
        assert "the only plan on sale" in admin.browser.get(PATH).text
