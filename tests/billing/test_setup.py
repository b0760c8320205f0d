"""`paywall stripe setup`: brings an account to what the plans say, and changes nothing the second time."""

from dataclasses import replace
from typing import Any

import pytest

from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import Interval
from paywall.billing.catalogue.putting_on_sale import NewPlan, NewPrice, set_up_plan
from paywall.billing.setting_up.account import set_up_stripe
from paywall.billing.setting_up.endpoint import EVENT_TYPES
from paywall.billing.setting_up.portal import REASONS
from paywall.billing.setting_up.run import SetupReport
from paywall.billing.stripe_calls.selling import PORTAL_MARK
from paywall.billing.stripe_errors import StripeUnavailable
from paywall.billing.webhooks import incoming
from paywall.publishers.tables import Publisher
from tests.billing.shop import DIGITAL, MONTHLY, YEARLY, Shop

HOOK = "https://news.test/webhooks/stripe"


def set_up(shop: Shop, *, dry_run: bool = False) -> SetupReport:
    return set_up_stripe(shop.database, shop.gateway, shop.publisher, HOOK, dry_run=dry_run)


def offer(shop: Shop, plan: NewPlan) -> None:
    with shop.database.writing() as session:
        set_up_plan(session, session.get_one(Publisher, shop.publisher.id), plan)


class TestAnEmptyAccount:
    def test_gets_products_prices_portal_and_endpoint(self, shop: Shop) -> None:
        prices = shop.gateway.find_prices([MONTHLY, YEARLY])
        assert {key: (price["unit_amount"], price["currency"]) for key, price in prices.items()} == {
            MONTHLY: (499, "azn"),
            YEARLY: (4990, "azn"),
        }
        assert {price["product"] for price in prices.values()} == {"paywall_news_digital"}
        portal = shop.gateway.portal_configuration()
        assert portal is not None
        assert portal["features"]["subscription_cancel"]["mode"] == "at_period_end"
        report = set_up(shop)
        assert report.changes == [f"create webhook endpoint {HOOK}"]
        assert (report.webhook_secret or "").startswith("whsec_")

    def test_in_a_dry_run_is_told_of_and_left_alone(self, shop: Shop) -> None:
        report = set_up(shop, dry_run=True)
        assert report.changes == [f"create webhook endpoint {HOOK}"]
        assert (report.webhook_secret, shop.writes()) == (None, [])


class TestTheSecondRun:
    def test_changes_nothing_and_tells_no_secret(self, shop: Shop) -> None:
        set_up(shop)
        shop.sandbox.calls.clear()
        assert set_up(shop) == SetupReport([], None)
        assert shop.writes() == []

    def test_after_a_failure_goes_on_from_there(self, shop: Shop) -> None:
        shop.sandbox.faults.add("POST /v1/webhook_endpoints", status=500)
        with pytest.raises(StripeUnavailable):
            set_up(shop)
        assert set_up(shop).webhook_secret


class TestWhatHasChangedSince:
    def test_an_amount_makes_a_new_price_that_takes_over_the_lookup_key(self, shop: Shop) -> None:
        before = shop.gateway.find_prices([MONTHLY])[MONTHLY]
        offer(shop, replace(DIGITAL, prices=(NewPrice(Interval.MONTH, Money(599, "AZN")), DIGITAL.prices[1])))
        set_up(shop)
        after = shop.gateway.find_prices([MONTHLY])[MONTHLY]
        assert (after["unit_amount"], after["id"] != before["id"]) == (599, True)
        old = shop.gateway.ask(lambda v1: v1.prices.retrieve(before["id"]))
        assert (old["active"], old["lookup_key"]) == (False, None)
        assert set_up(shop).changes == []

    def test_a_name_changes_the_product(self, shop: Shop) -> None:
        offer(shop, replace(DIGITAL, name="Digital+"))
        assert "change product paywall_news_digital" in set_up(shop).changes
        product = shop.gateway.ask(lambda v1: v1.products.retrieve("paywall_news_digital"))
        assert product["name"] == "The News: Digital+"

    def test_a_price_taken_off_the_offer_is_retired(self, shop: Shop) -> None:
        offer(shop, replace(DIGITAL, prices=DIGITAL.prices[:1]))
        set_up(shop)
        assert shop.gateway.find_prices([MONTHLY, YEARLY]).keys() == {MONTHLY}
        assert set_up(shop).changes == []

    def test_an_endpoint_that_was_switched_off_or_hears_too_little_is_set_right(self, shop: Shop) -> None:
        set_up(shop)
        (endpoint,) = shop.gateway.ask_all(lambda v1: v1.webhook_endpoints.list())
        shop.gateway.ask(
            lambda v1: v1.webhook_endpoints.update(
                endpoint["id"], {"disabled": True, "enabled_events": ["invoice.paid"]}
            )
        )
        assert set_up(shop).changes == [f"change webhook endpoint {HOOK}"]
        (endpoint,) = shop.gateway.ask_all(lambda v1: v1.webhook_endpoints.list())
        assert (endpoint["status"], set(endpoint["enabled_events"])) == ("enabled", set(EVENT_TYPES))

    def test_a_portal_that_somebody_changed_is_set_right(self, shop: Shop) -> None:
        portal = shop.gateway.portal_configuration() or {}
        features: Any = {"subscription_cancel": {"enabled": True, "mode": "immediately"}}
        shop.gateway.ask(lambda v1: v1.billing_portal.configurations.update(portal["id"], {"features": features}))
        assert "change billing portal" in set_up(shop).changes

    def test_what_belongs_to_another_service_is_left_alone(self, shop: Shop) -> None:
        product = shop.gateway.ask(lambda v1: v1.products.create({"name": "Mugs"}))
        shop.gateway.ask(lambda v1: v1.webhook_endpoints.create({"url": "https://mugs.test", "enabled_events": ["*"]}))
        set_up(shop)
        assert shop.gateway.ask(lambda v1: v1.products.retrieve(product["id"]))["name"] == "Mugs"
        urls = {one["url"] for one in shop.gateway.ask_all(lambda v1: v1.webhook_endpoints.list())}
        assert urls == {HOOK, "https://mugs.test"}


def test_the_portal_is_ours_when_a_reader_opens_it(shop: Shop) -> None:
    customer = shop.gateway.create_customer(email="a@example.org", metadata={}, idempotency_key="k")["id"]
    opened = shop.gateway.create_portal_session(customer, "https://news.test/account")
    portal = shop.gateway.portal_configuration()
    assert portal is not None
    assert opened["configuration"] == portal["id"]
    assert PORTAL_MARK.items() <= portal["metadata"].items()


def test_the_portal_asks_why_somebody_leaves_and_sells_nothing(shop: Shop) -> None:
    features = (shop.gateway.portal_configuration() or {})["features"]
    reason = features["subscription_cancel"]["cancellation_reason"]
    assert (reason["enabled"], set(reason["options"])) == (True, set(REASONS))
    switched_on = {name for name, feature in features.items() if feature["enabled"]}
    assert switched_on == {"customer_update", "invoice_history", "payment_method_update", "subscription_cancel"}


def test_every_event_we_ask_for_is_one_that_the_inbox_works_on() -> None:
    ignored = {kind for kind in EVENT_TYPES if not incoming.concerns_us(kind)}
    assert ignored == set()
