"""A subscription that begins as the page has promised: with a trial, with an offer, with the tax that is part of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete
from werkzeug.test import Client

from paywall.billing.catalogue.making_offers import NewOffer, end_offer, set_up_offer
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.offers import Duration
from paywall.billing.catalogue.plans import Interval
from paywall.billing.catalogue.putting_on_sale import NewPlan, NewPrice, set_up_plan
from paywall.billing.checkout.tables import Customer, customer_of
from paywall.billing.checkout.turns import take_turn
from paywall.billing.checkout.welcome import Arrival, Welcome, finish_checkout
from paywall.billing.setting_up.account import set_up_stripe
from paywall.billing.stripe_errors import StripeRefused, StripeUnavailable
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.billing.syncing.ownership import Owner
from paywall.billing.syncing.sync import sync_subscription
from paywall.billing.trials.tables import Trial
from paywall.publishers.tables import Publisher
from tests.billing.shop import DIGITAL, MONTHLY, PAY, YEARLY, Shop

TRIAL = replace(DIGITAL, trial_days=14)
HALF = NewOffer("autumn", "digital", percent_off=50, duration=Duration.REPEATING, months=3)
COUPON = "paywall_news_digital_autumn_50pct_3m"
MASTERCARD = "5555555555554444"


def sell(shop: Shop, plan: NewPlan, offer: NewOffer | None = None) -> None:
    with shop.database.writing() as session:
        set_up_plan(session, session.get_one(Publisher, shop.publisher.id), plan)
        if offer:
            set_up_offer(session, shop.publisher.id, offer, shop.time.now())
    set_up_stripe(shop.database, shop.gateway, shop.publisher, None)


def buy(shop: Shop, reader: int, lookup_key: str = MONTHLY, card: str = "4242424242424242") -> Welcome:
    """Choose a price, pay, come back."""
    session_id = shop.pay(shop.click(reader, lookup_key), card).location.partition("session_id=")[2]
    return finish_checkout(shop.billing, Owner(shop.publisher.id, reader), session_id)


def end_subscription(shop: Shop) -> None:
    """End the newest subscription at Stripe, and hear of it."""
    newest = shop.subscriptions()[0]["id"]
    shop.gateway.cancel_subscription(newest)
    sync_subscription(shop.billing, newest)


def delete_customer(shop: Shop, customer: str) -> None:
    """Delete a customer as the publisher may in Stripe's dashboard."""
    shop.gateway.ask(lambda v1: v1.customers.delete(customer))


def invoices(shop: Shop) -> list[dict[str, Any]]:
    """Return the newest subscription's invoices, oldest first."""
    return shop.gateway.list_invoices(shop.subscriptions()[0]["id"])[::-1]


class TestATrial:
    def test_begins_with_nothing_paid_and_reads_at_once(self, shop: Shop) -> None:
        sell(shop, TRIAL)
        assert buy(shop, shop.reader()).arrival is Arrival.OPEN
        (subscription,) = shop.subscriptions()
        assert subscription["status"] == "trialing"
        assert subscription["trial_end"] - subscription["trial_start"] == 14 * 86_400
        assert subscription["trial_settings"]["end_behavior"]["missing_payment_method"] == "cancel"
        assert [invoice["amount_paid"] for invoice in invoices(shop)] == [0]

    def test_asks_for_a_card_all_the_same(self, shop: Shop) -> None:
        sell(shop, TRIAL)
        shop.click(shop.reader())
        assert shop.sessions()[0]["payment_method_collection"] == "always"

    def test_is_had_once_by_a_reader(self, shop: Shop) -> None:
        sell(shop, TRIAL)
        reader = shop.reader()
        buy(shop, reader)
        end_subscription(shop)
        assert buy(shop, reader).arrival is Arrival.OPEN
        newest = shop.subscriptions()[0]
        assert (newest["status"], newest["trial_end"]) == ("active", None)
        assert [invoice["amount_paid"] for invoice in invoices(shop)] == [499]

    def test_with_a_card_that_has_had_one_ends_at_once_with_nothing_charged(self, shop: Shop) -> None:
        sell(shop, TRIAL)
        buy(shop, shop.reader())
        second = shop.reader()
        assert buy(shop, second).arrival is Arrival.TRIAL_REFUSED
        assert shop.subscriptions()[0]["status"] == "canceled"
        assert [invoice["amount_paid"] for invoice in invoices(shop)] == [0]
        assert buy(shop, second).arrival is Arrival.OPEN
        assert shop.subscriptions()[0]["status"] == "active"

    def test_with_a_card_of_its_own_is_had_by_everybody(self, shop: Shop) -> None:
        sell(shop, TRIAL)
        assert buy(shop, shop.reader()).arrival is Arrival.OPEN
        assert buy(shop, shop.reader(), card=MASTERCARD).arrival is Arrival.OPEN
        assert [one["status"] for one in shop.subscriptions()] == ["trialing", "trialing"]

    def test_is_followed_by_the_plain_price(self, shop: Shop) -> None:
        sell(shop, TRIAL)
        buy(shop, shop.reader())
        shop.time.move(days=15)
        shop.sandbox.tick()
        assert [invoice["amount_paid"] for invoice in invoices(shop)] == [0, 499]


class TestAnIntroductoryOffer:
    def test_lowers_the_first_payments_and_then_no_more(self, shop: Shop) -> None:
        sell(shop, DIGITAL, HALF)
        assert buy(shop, shop.reader()).arrival is Arrival.OPEN
        for _ in range(3):
            shop.time.move(days=31)
            shop.sandbox.tick()
        assert [invoice["total"] for invoice in invoices(shop)] == [249, 249, 249, 499]

    def test_leaves_no_field_for_another_code(self, shop: Shop) -> None:
        sell(shop, DIGITAL, HALF)
        shop.click(shop.reader())
        (page,) = shop.sessions()
        assert (page["discounts"][0]["coupon"], page["allow_promotion_codes"]) == (COUPON, None)

    def test_is_for_who_has_never_paid_here(self, shop: Shop) -> None:
        sell(shop, DIGITAL, HALF)
        reader = shop.reader()
        buy(shop, reader)
        end_subscription(shop)
        shop.click(reader)
        assert shop.sessions()[0]["discounts"] == []

    def test_is_still_there_after_a_first_card_was_declined(self, shop: Shop) -> None:
        sell(shop, DIGITAL, HALF)
        reader = shop.reader()
        shop.pay(shop.click(reader), "4000000000000002")
        shop.click(reader, YEARLY)
        assert shop.sessions()[0]["discounts"][0]["coupon"] == COUPON

    def test_that_is_missing_at_stripe_sells_nothing_and_says_so_to_the_publisher(self, shop: Shop) -> None:
        sell(shop, DIGITAL, HALF)
        shop.gateway.ask(lambda v1: v1.coupons.delete(COUPON))
        with pytest.raises(StripeRefused):
            shop.click(shop.reader())


class TestAPromotionCode:
    code = NewOffer("spring", "digital", percent_off=50, code="SPRING", max_redemptions=1)

    def type_code(self, shop: Shop, address: str, code: str) -> str:
        page = Client(shop.sandbox.wsgi).post(address.removeprefix(PAY), data={"promotion_code": code})
        return page.text

    def test_typed_on_stripes_page_lowers_the_first_payment(self, shop: Shop) -> None:
        sell(shop, DIGITAL, self.code)
        address = shop.click(shop.reader())
        self.type_code(shop, address, "spring")
        shop.pay(address)
        assert [invoice["total"] for invoice in invoices(shop)] == [249]

    def test_of_another_plan_is_refused_there(self, shop: Shop) -> None:
        sell(shop, replace(DIGITAL, slug="patron"))
        sell(shop, DIGITAL, replace(self.code, plan="patron"))
        assert "cannot be applied" in self.type_code(shop, shop.click(shop.reader()), "SPRING")

    def test_is_refused_once_it_is_used_up(self, shop: Shop) -> None:
        sell(shop, DIGITAL, self.code)
        first = shop.click(shop.reader())
        self.type_code(shop, first, "SPRING")
        shop.pay(first)
        assert "invalid" in self.type_code(shop, shop.click(shop.reader()), "SPRING")


class TestTheSameAttempt:
    def test_says_the_same_to_stripe_after_a_lost_answer(self, shop: Shop) -> None:
        sell(shop, DIGITAL, HALF)
        reader = shop.reader()
        shop.sandbox.faults.add("POST /v1/checkout/sessions", drop_after_commit=True)
        with pytest.raises(StripeUnavailable):
            shop.click(reader)
        assert shop.click(reader).startswith(PAY)
        assert len(shop.sessions()) == len(shop.checkouts()) == 1
        assert shop.checkouts()[0].coupon == COUPON

    def test_is_not_gone_on_with_once_something_else_is_promised(self, shop: Shop) -> None:
        sell(shop, DIGITAL, HALF)
        reader = shop.reader()
        first = shop.click(reader)
        with shop.database.writing() as session:
            end_offer(session, shop.publisher.id, "autumn", shop.time.now())
        second = shop.click(reader)
        assert first != second
        pages = [(page["status"], bool(page["discounts"])) for page in shop.sessions()]
        assert pages == [("open", False), ("expired", True)]

    def test_whose_maker_died_is_begun_anew_once_something_else_is_promised(self, shop: Shop) -> None:
        reader = shop.reader()
        long_ago = shop.time.now() - timedelta(minutes=1)
        dead = take_turn(shop.database, shop.order(reader).wish(), long_ago, has_waited=False)
        sell(shop, TRIAL)
        assert shop.click(reader).startswith(PAY)
        assert shop.sessions()[0]["metadata"]["checkout"] != dead.checkout_id


class TestTax:
    def test_is_part_of_the_price_and_on_every_invoice(self, shop: Shop) -> None:
        sell(shop, replace(DIGITAL, tax_basis_points=1800))
        buy(shop, shop.reader())
        (invoice,) = invoices(shop)
        assert (invoice["total"], invoice["total_excluding_tax"]) == (499, 423)
        assert [(tax["amount"], tax["tax_behavior"]) for tax in invoice["total_taxes"]] == [(76, "inclusive")]
        with shop.database.reading() as session:
            assert [row.tax_minor for row in session.query(Invoice)] == [76]

    def test_that_stripe_has_not_heard_of_sells_nothing(self, shop: Shop) -> None:
        with shop.database.writing() as session:
            taxed = replace(DIGITAL, tax_basis_points=1800)
            set_up_plan(session, session.get_one(Publisher, shop.publisher.id), taxed)
        with pytest.raises(StripeRefused):
            shop.click(shop.reader())


class TestAPriceRise:
    dearer = replace(DIGITAL, prices=(NewPrice(Interval.MONTH, Money(599, "AZN")), DIGITAL.prices[1]))

    def test_leaves_who_subscribes_at_the_old_amount_and_known_for_ours(self, shop: Shop) -> None:
        first, second = shop.reader(), shop.reader()
        buy(shop, first)
        sell(shop, self.dearer)
        buy(shop, second)
        shop.time.move(days=31)
        shop.sandbox.tick()
        for one in shop.subscriptions():
            sync_subscription(shop.billing, one["id"])
        with shop.database.reading() as session:
            rows = {row.reader_id: (row.amount_minor, row.lookup_key) for row in session.query(Subscription)}
        assert rows == {first: (499, MONTHLY), second: (599, MONTHLY)}


class TestACustomerWhoWasDeletedAtStripe:
    def test_is_replaced_in_the_same_click(self, shop: Shop) -> None:
        reader = shop.reader()
        shop.click(reader)
        with shop.database.reading() as session:
            old = customer_of(session, reader)
        assert old
        delete_customer(shop, old)
        assert shop.click(reader, YEARLY).startswith(PAY)
        with shop.database.reading() as session:
            new = customer_of(session, reader)
            gone = [row.stripe_id for row in session.query(Customer) if row.deleted_at]
        assert gone == [old]
        assert shop.sessions()[0]["customer"] == new != old

    def test_takes_an_open_page_along(self, shop: Shop) -> None:
        reader = shop.reader()
        first = shop.click(reader)
        old = shop.sessions()[0]["customer"]
        delete_customer(shop, old)
        shop.click(reader, YEARLY)
        assert shop.click(reader) != first
        assert shop.sessions()[0]["customer"] != old

    def test_again_and_again_gets_a_new_one_each_time(self, shop: Shop) -> None:
        reader, seen = shop.reader(), list[str]()
        for lookup_key in (MONTHLY, YEARLY, MONTHLY):
            shop.click(reader, lookup_key)
            customer = shop.sessions()[0]["customer"]
            seen.append(customer)
            delete_customer(shop, customer)
        assert len(set(seen)) == 3

    def test_and_had_a_trial_has_no_second(self, shop: Shop) -> None:
        sell(shop, TRIAL)
        reader = shop.reader()
        buy(shop, reader)
        subscription = shop.subscriptions()[0]
        delete_customer(shop, subscription["customer"])
        sync_subscription(shop.billing, subscription["id"])
        shop.click(reader)
        assert shop.checkouts()[-1].trial_days == 0


def test_an_account_that_is_erased_and_made_again_has_no_second_trial(shop: Shop) -> None:
    sell(shop, TRIAL)
    reader = shop.reader()
    buy(shop, reader)
    end_subscription(shop)
    with shop.database.writing() as session:
        for row in session.query(Trial):
            row.reader_id = None
        session.execute(delete(Subscription))
    shop.click(reader)
    assert shop.checkouts()[-1].trial_days == 0
