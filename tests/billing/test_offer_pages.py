"""The plans page in two currencies, with trials and offers, and the way back from payments that take days or fail."""

from dataclasses import replace
from typing import Any

import pytest

from paywall.billing.catalogue.making_offers import NewOffer, set_up_offer
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import Interval
from paywall.billing.catalogue.putting_on_sale import NewPlan, NewPrice, set_up_plan
from paywall.billing.ledger.refunding import refund
from paywall.billing.setting_up.account import set_up_stripe
from paywall.publishers.tables import Publisher
from tests.billing.shop import DIGITAL, Shop
from tests.readers.browser import Browser

EUROS = NewPrice(Interval.MONTH, Money(499, "EUR"))
DOLLARS = NewPrice(Interval.MONTH, Money(549, "USD"))
BOTH = replace(DIGITAL, prices=(EUROS, DOLLARS))
IN_EUROS, IN_DOLLARS = "news:digital:month:eur", "news:digital:month:usd"
DEBIT = {"method": "sepa_debit", "account_name": "Leyla Aliyeva"}
GOOD_ACCOUNT, BAD_ACCOUNT = {**DEBIT, "iban": "DE89370400440532013000"}, {**DEBIT, "iban": "DE62370400440532013001"}


def sell(shop: Shop, plan: NewPlan, offer: NewOffer | None = None) -> None:
    with shop.database.writing() as session:
        set_up_plan(session, session.get_one(Publisher, shop.publisher.id), plan)
        if offer:
            set_up_offer(session, shop.publisher.id, offer, shop.time.now())
    set_up_stripe(shop.database, shop.gateway, shop.publisher, None)


def buy(shop: Shop, browser: Browser, lookup_key: str, **typed: str) -> Any:
    """Choose a price, fill in Stripe's page, and return what the welcome page answers."""
    page = browser.post("/subscribe", {"price": lookup_key, "next": "/articles/one"})
    shop.pay(page.location, **typed)
    return come_back(shop, browser)


def come_back(shop: Shop, browser: Browser) -> Any:
    return browser.get(f"/subscribe/welcome?session_id={shop.sessions()[0]['id']}")


def words(browser: Browser, address: str = "/subscribe") -> str:
    return " ".join(browser.get(address).text.split())


class TestPricesInTwoCurrencies:
    def test_are_shown_in_the_first_with_a_link_to_the_other(self, shop: Shop) -> None:
        sell(shop, BOTH)
        text = words(Browser(shop.product.flask), "/subscribe?next=/articles/one")
        assert "€4.99" in text
        assert "$5.49" not in text
        assert 'href="/subscribe?currency=usd&amp;next=/articles/one">USD</a>' in text

    def test_are_shown_in_the_one_that_was_asked_for(self, shop: Shop) -> None:
        sell(shop, BOTH)
        text = words(Browser(shop.product.flask), "/subscribe?currency=usd")
        assert "$5.49" in text
        assert "€4.99" not in text

    @pytest.mark.parametrize("odd", ["gbp", "%00", "%FF%FE", "'--", "x" * 3000])
    def test_are_shown_in_the_first_for_an_odd_wish(self, shop: Shop, odd: str) -> None:
        sell(shop, BOTH)
        assert "€4.99" in words(Browser(shop.product.flask), f"/subscribe?currency={odd}")

    def test_keep_the_choice_through_sign_in(self, shop: Shop) -> None:
        sell(shop, BOTH)
        visitor = Browser(shop.product.flask)
        answer = visitor.post("/subscribe", {"price": IN_DOLLARS, "next": "/articles/one"})
        assert "usd" in answer.location
        assert "$5.49" in words(visitor, f"/subscribe?price={IN_DOLLARS}&next=/articles/one")

    def test_of_one_currency_have_no_switch(self, shop: Shop) -> None:
        assert "Prices in" not in words(Browser(shop.product.flask))

    def test_are_shown_to_a_former_subscriber_in_the_one_she_has_paid_in(self, shop: Shop) -> None:
        sell(shop, BOTH)
        browser = shop.browser()
        buy(shop, browser, IN_DOLLARS)
        text = words(browser, "/subscribe?currency=eur")
        assert "$5.49" in text
        assert "Prices in" not in text


class TestATrialOnThePlansPage:
    def test_is_promised_to_a_visitor_and_to_a_new_reader(self, shop: Shop) -> None:
        sell(shop, replace(DIGITAL, trial_days=14))
        for browser in (Browser(shop.product.flask), shop.browser()):
            text = words(browser)
            assert "14 days free, then 4.99 ₼ a month." in text
            assert "Cancel any time before" in text

    def test_is_not_promised_again(self, shop: Shop) -> None:
        sell(shop, replace(DIGITAL, trial_days=14))
        browser = shop.browser()
        assert buy(shop, browser, "news:digital:month:azn").location == "/articles/one"
        assert "days free" not in words(browser)

    def test_that_was_refused_leads_back_to_the_plans_with_the_reason(self, shop: Shop) -> None:
        sell(shop, replace(DIGITAL, trial_days=14))
        buy(shop, shop.browser(), "news:digital:month:azn")
        second = shop.browser()
        answer = buy(shop, second, "news:digital:month:azn")
        assert (answer.status_code, answer.location) == (303, "/subscribe?why=trial_refused&next=/articles/one")
        text = words(second, answer.location)
        assert "This card has had its free trial before" in text
        assert "days free" not in text


class TestAnIntroductoryOfferOnThePlansPage:
    def test_says_both_prices_before_the_click(self, shop: Shop) -> None:
        sell(shop, BOTH, NewOffer("autumn", "digital", percent_off=50))
        assert "€2.49 for the first month, then €4.99 a month." in words(shop.browser())


class TestAPaymentThatTakesDays:
    def test_is_said_to_be_under_way_and_opens_when_it_arrives(self, shop: Shop) -> None:
        sell(shop, BOTH)
        browser = shop.browser()
        page = buy(shop, browser, IN_EUROS, **GOOD_ACCOUNT)
        assert page.status_code == 200
        for said in ("Your payment is under way", "some days", "We write to you", "cancel"):
            assert said in page.text
        shop.time.move(days=6)
        shop.sandbox.tick()
        assert come_back(shop, browser).location == "/articles/one"

    def test_does_not_ask_again_by_itself(self, shop: Shop) -> None:
        sell(shop, BOTH)
        page = buy(shop, shop.browser(), IN_EUROS, **GOOD_ACCOUNT)
        assert "Refresh" not in page.headers

    def test_and_fails_leads_to_where_it_can_be_made_another_way(self, shop: Shop) -> None:
        sell(shop, BOTH)
        browser = shop.browser()
        buy(shop, browser, IN_EUROS, **BAD_ACCOUNT)
        shop.time.move(days=6)
        shop.sandbox.tick()
        assert come_back(shop, browser).location == "/account/payment"

    def test_and_fails_for_good_leads_back_to_the_plans_with_the_reason(self, shop: Shop) -> None:
        sell(shop, BOTH)
        browser = shop.browser()
        buy(shop, browser, IN_EUROS, **BAD_ACCOUNT)
        shop.time.move(days=6)
        shop.sandbox.tick()
        shop.gateway.cancel_subscription(shop.subscriptions()[0]["id"])
        assert come_back(shop, browser).location == "/subscribe?why=failed&next=/articles/one"


class TestBeingLedBack:
    def test_says_why(self, shop: Shop) -> None:
        assert "Your bank did not carry out the payment" in words(Browser(shop.product.flask), "/subscribe?why=failed")

    def test_for_a_reason_that_nobody_knows_says_nothing(self, shop: Shop) -> None:
        text = words(Browser(shop.product.flask), "/subscribe?why=%3Cscript%3E")
        assert "<script>" not in text
        assert 'role="status"' not in text

    def test_to_a_subscription_that_has_ended_since_shows_the_account(self, shop: Shop) -> None:
        browser = shop.browser()
        buy(shop, browser, "news:digital:month:azn")
        (subscription,) = shop.subscriptions()
        shop.gateway.cancel_subscription(subscription["id"])
        (invoice,) = shop.gateway.list_invoices(subscription["id"])
        refund(shop.billing, invoice["id"], amount_minor=None, keeps_until=None, actor="admin")
        assert come_back(shop, browser).location == "/account"
