"""Trials: free until a day, announced before it, then billed, cancelled or paused."""

from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import DECLINED_CARD, Shop, Time, page_of, types_of

DAY = 86_400


def begin(shop: Shop, *, card: str | None = "pm_card_visa", **more: Any) -> Any:
    customer = shop.customer()
    if card:
        attached = shop.client.v1.payment_methods.attach(card, {"customer": customer.id})
        settings = {"default_payment_method": attached.id}
        shop.client.v1.customers.update(customer.id, {"invoice_settings": settings})
    return shop.client.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": shop.price.id}], "trial_period_days": 14, **more}
    )


def without_card(shop: Shop, behaviour: str) -> Any:
    settings = {"end_behavior": {"missing_payment_method": behaviour}}
    return begin(shop, card=None, trial_settings=settings)


def state(shop: Shop, subscription: Any) -> Any:
    return shop.client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})


class TestATrial:
    def test_is_free_and_its_invoice_over_nothing_is_paid_at_once(self, shop: Shop, time: Time) -> None:
        made = state(shop, begin(shop))
        item = made["items"].data[0]
        assert (made.status, made.trial_start, made.trial_end) == ("trialing", time.seconds, time.seconds + 14 * DAY)
        assert (item.current_period_end, made.billing_cycle_anchor) == (made.trial_end, made.trial_end)
        assert (made.latest_invoice.status, made.latest_invoice.total) == ("paid", 0)
        assert made.latest_invoice.lines.data[0].description == "Trial period for Digital"
        assert shop.client.v1.payment_intents.list().data == []

    def test_is_announced_three_days_before_its_end_once(self, shop: Shop, time: Time) -> None:
        begin(shop)
        time.move(days=11, seconds=-1)
        assert "customer.subscription.trial_will_end" not in types_of(shop.client)
        time.move(days=2)
        assert types_of(shop.client).count("customer.subscription.trial_will_end") == 1

    def test_that_is_shorter_is_announced_at_once(self, shop: Shop) -> None:
        begin(shop, trial_period_days=2)
        assert types_of(shop.client)[-1] == "customer.subscription.trial_will_end"

    def test_ends_with_the_first_real_invoice_and_period(self, shop: Shop, time: Time) -> None:
        subscription = begin(shop)
        time.move(days=14)
        begun = state(shop, subscription)
        assert (begun.status, begun["items"].data[0].current_period_start) == ("active", subscription.trial_end)
        assert (begun.latest_invoice.status, begun.latest_invoice.billing_reason) == ("draft", "subscription_cycle")
        time.move(hours=1)
        assert state(shop, subscription).latest_invoice.amount_paid == 499

    def test_ended_now_is_billed_now(self, shop: Shop, time: Time) -> None:
        subscription = begin(shop)
        time.move(days=3)
        ended = shop.client.v1.subscriptions.update(subscription.id, {"trial_end": "now"})
        assert (ended.status, ended.trial_end, ended.billing_cycle_anchor) == ("active", time.seconds, time.seconds)
        assert state(shop, subscription).latest_invoice.amount_paid == 499

    def test_ended_now_on_a_card_that_is_declined_is_past_due(self, shop: Shop) -> None:
        subscription = begin(shop, card="pm_card_chargeCustomerFail")
        assert shop.client.v1.subscriptions.update(subscription.id, {"trial_end": "now"}).status == "past_due"

    def test_may_be_made_longer(self, shop: Shop, time: Time) -> None:
        subscription = begin(shop)
        later = time.seconds + 30 * DAY
        longer = shop.client.v1.subscriptions.update(subscription.id, {"trial_end": later})
        assert (longer.status, longer.trial_end, longer.trial_start) == ("trialing", later, subscription.trial_start)
        time.move(days=29)
        assert state(shop, subscription).status == "trialing"

    def test_cancelled_at_period_end_is_never_billed(self, shop: Shop, time: Time) -> None:
        subscription = begin(shop)
        shop.client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
        time.move(days=20)
        assert state(shop, subscription).status == "canceled"
        assert [one.total for one in shop.client.v1.invoices.list().data] == [0]

    @pytest.mark.parametrize("wrong", [{"trial_period_days": 0}, {"trial_end": 1}, {"trial_period_days": 731}])
    def test_that_cannot_be_is_refused(self, shop: Shop, wrong: dict[str, int]) -> None:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            begin(shop, **{"trial_period_days": "", **wrong} if "trial_end" not in wrong else wrong)
        assert caught.value.param in {"trial_period_days", "trial_end"}


class TestATrialWithoutACard:
    def test_is_cancelled_at_its_end(self, shop: Shop, time: Time) -> None:
        subscription = without_card(shop, "cancel")
        time.move(days=14)
        ended = state(shop, subscription)
        assert (ended.status, ended.ended_at) == ("canceled", subscription.trial_end)
        assert len(shop.client.v1.invoices.list().data) == 1

    def test_is_billed_and_past_due(self, shop: Shop, time: Time) -> None:
        subscription = without_card(shop, "create_invoice")
        time.move(days=14, hours=1)
        assert state(shop, subscription).status == "past_due"

    def test_is_paused_and_resumes_with_an_invoice_once_there_is_a_card(self, shop: Shop, time: Time) -> None:
        subscription = without_card(shop, "pause")
        time.move(days=40)
        assert state(shop, subscription).status == "paused"
        assert "customer.subscription.paused" in types_of(shop.client)
        card = shop.client.v1.payment_methods.attach("pm_card_visa", {"customer": str(subscription.customer)})
        shop.client.v1.subscriptions.update(subscription.id, {"default_payment_method": card.id})
        resumed = shop.client.v1.subscriptions.resume(subscription.id)
        assert (resumed.status, resumed["items"].data[0].current_period_start) == ("active", time.seconds)
        assert state(shop, subscription).latest_invoice.amount_paid == 499
        assert "customer.subscription.resumed" in types_of(shop.client)

    def test_stays_paused_until_the_resuming_invoice_is_paid(self, shop: Shop, time: Time) -> None:
        subscription = without_card(shop, "pause")
        time.move(days=14)
        resumed = shop.client.v1.subscriptions.resume(subscription.id)
        assert resumed.status == "paused"
        card = shop.client.v1.payment_methods.attach("pm_card_visa", {"customer": str(subscription.customer)})
        shop.client.v1.invoices.pay(str(resumed.latest_invoice), {"payment_method": card.id})
        assert state(shop, subscription).status == "active"

    def test_resumes_only_when_it_was_paused(self, shop: Shop) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="paused"):
            shop.client.v1.subscriptions.resume(begin(shop).id)


class TestCheckoutWithATrial:
    def test_takes_a_card_and_no_money(self, shop: Shop, time: Time) -> None:
        data = {
            "trial_period_days": 7,
            "trial_settings": {"end_behavior": {"missing_payment_method": "cancel"}},
            "metadata": {"plan": "digital"},
        }
        session = shop.session(shop.customer(), subscription_data=data)
        assert (session.amount_subtotal, session.amount_total) == (0, 0)
        assert "Free until 30 November 2026" in shop.browser.get(page_of(session)).text
        assert shop.pay(session).status_code == 303
        done = shop.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
        assert (done.payment_status, done.subscription.status) == ("no_payment_required", "trialing")
        assert done.subscription.trial_settings.end_behavior.missing_payment_method == "cancel"
        assert done.subscription.metadata["plan"] == "digital"
        time.move(days=7, hours=1)
        assert state(shop, done.subscription).latest_invoice.amount_paid == 499

    def test_refuses_a_card_that_cannot_be_kept(self, shop: Shop) -> None:
        session = shop.session(shop.customer(), subscription_data={"trial_period_days": 7})
        assert "declined" in shop.pay(session, DECLINED_CARD).text

    def test_asks_for_no_card_if_none_is_required(self, shop: Shop) -> None:
        session = shop.session(
            shop.customer(), subscription_data={"trial_period_days": 7}, payment_method_collection="if_required"
        )
        assert "Card number" not in shop.browser.get(page_of(session)).text
        assert shop.browser.post(page_of(session), data={}).status_code == 303
        assert shop.client.v1.subscriptions.list().data[0].default_payment_method is None

    def test_ends_no_sooner_than_in_two_days(self, shop: Shop, time: Time) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="at least 2 days"):
            shop.session(shop.customer(), subscription_data={"trial_end": time.seconds + DAY})
