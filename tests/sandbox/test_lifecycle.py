"""A subscription over time: renewals, failures, cancellations, and the ends."""

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from paywall.sandbox.billing.periods import boundary, period_at
from tests.sandbox.conftest import SECURE_CARD, Shop, Time, types_of


def subscribe_by_api(shop: Shop, method: str = "pm_card_visa", **more: Any) -> Any:
    stripe_ = shop.client.v1
    customer = shop.customer()
    attached = stripe_.payment_methods.attach(method, {"customer": customer.id})
    stripe_.customers.update(customer.id, {"invoice_settings": {"default_payment_method": attached.id}})
    return stripe_.subscriptions.create({"customer": customer.id, "items": [{"price": shop.price.id}], **more})


class TestARenewal:
    def test_moves_the_period_first_and_is_paid_an_hour_later(self, shop: Shop, time: Time) -> None:
        subscription = shop.subscribe()
        ends_at = subscription["items"].data[0].current_period_end
        time.move(days=30)
        renewed = shop.client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
        assert renewed["items"].data[0].current_period_start == ends_at
        assert (renewed.status, renewed.latest_invoice.status) == ("active", "draft")
        assert renewed.latest_invoice.billing_reason == "subscription_cycle"
        time.move(hours=1)
        paid = shop.client.v1.invoices.retrieve(renewed.latest_invoice.id)
        assert (paid.status, paid.number.rpartition("-")[2]) == ("paid", "0002")
        assert types_of(shop.client)[-3:] == ["invoice_payment.paid", "invoice.paid", "invoice.payment_succeeded"]

    def test_happens_at_its_own_second_however_late_one_looks(self, shop: Shop, time: Time) -> None:
        subscription = shop.subscribe()
        started = time.at
        time.move(days=100)
        invoices = shop.client.v1.invoices.list({"subscription": subscription.id}).data
        assert [datetime.fromtimestamp(one.created, UTC).date().isoformat() for one in invoices] == [
            "2027-02-23",
            "2027-01-23",
            "2026-12-23",
            started.date().isoformat(),
        ]
        assert {one.status for one in invoices} == {"paid"}

    def test_that_fails_makes_it_past_due_and_is_tried_again_then_given_up(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        customer = str(subscription.customer)
        bad = shop.client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer})
        shop.client.v1.subscriptions.update(subscription.id, {"default_payment_method": bad.id})
        time.move(days=30, hours=1)
        failed = shop.client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
        assert failed.status == "past_due"
        assert (failed.latest_invoice.status, failed.latest_invoice.attempt_count) == ("open", 1)
        assert failed.latest_invoice.next_payment_attempt == time.seconds + 3 * 86_400
        assert "invoice.payment_failed" in types_of(shop.client)
        time.move(days=3 + 5)
        assert shop.client.v1.subscriptions.retrieve(subscription.id).status == "past_due"
        time.move(days=7)
        ended = shop.client.v1.subscriptions.retrieve(subscription.id)
        assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")

    def test_that_failed_is_made_good_by_paying_the_invoice(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        bad = shop.client.v1.payment_methods.attach(
            "pm_card_chargeCustomerFail", {"customer": str(subscription.customer)}
        )
        shop.client.v1.subscriptions.update(subscription.id, {"default_payment_method": bad.id})
        time.move(days=31)
        invoice = shop.client.v1.invoices.list({"status": "open"}).data[0]
        with pytest.raises(stripe.CardError) as caught:
            shop.client.v1.invoices.pay(invoice.id)
        assert (caught.value.http_status, caught.value.code) == (402, "card_declined")
        assert shop.client.v1.invoices.retrieve(invoice.id).attempt_count == 2
        good = shop.client.v1.payment_methods.list({"customer": str(subscription.customer)}).data[-1]
        shop.client.v1.invoices.pay(invoice.id, {"payment_method": good.id})
        assert shop.client.v1.subscriptions.retrieve(subscription.id).status == "active"
        with pytest.raises(stripe.InvalidRequestError, match="already paid"):
            shop.client.v1.invoices.pay(invoice.id)

    def test_of_a_card_that_always_asks_needs_the_payer(self, shop: Shop, time: Time) -> None:
        session = shop.session(shop.customer())
        shop.browser.post(shop.pay(session, SECURE_CARD).location, data={"result": "complete"})
        time.move(days=30, hours=1)
        assert shop.client.v1.subscriptions.list().data[0].status == "past_due"
        assert types_of(shop.client)[-2:] == ["invoice.payment_failed", "invoice.payment_action_required"]


class TestCancelling:
    def test_at_period_end_keeps_it_active_until_then(self, shop: Shop, time: Time) -> None:
        subscription = shop.subscribe()
        ends_at = subscription["items"].data[0].current_period_end
        changed = shop.client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
        assert (changed.status, changed.cancel_at, changed.canceled_at) == ("active", ends_at, time.seconds)
        assert changed.cancellation_details.reason == "cancellation_requested"
        time.move(days=30)
        ended = shop.client.v1.subscriptions.retrieve(subscription.id)
        assert (ended.status, ended.ended_at) == ("canceled", ends_at)
        assert types_of(shop.client)[-1] == "customer.subscription.deleted"
        assert len(shop.client.v1.invoices.list().data) == 1

    @pytest.mark.parametrize(
        ("cancelled", "resumed"),
        [
            ({"cancel_at_period_end": True}, {"cancel_at_period_end": False}),
            ({"cancel_at": "max_period_end"}, {"cancel_at": ""}),
        ],
    )
    def test_may_be_taken_back(self, shop: Shop, time: Time, cancelled: Any, resumed: Any) -> None:
        subscription = shop.subscribe()
        shop.client.v1.subscriptions.update(subscription.id, cancelled)
        back = shop.client.v1.subscriptions.update(subscription.id, resumed)
        assert (back.cancel_at, back.cancel_at_period_end, back.canceled_at) == (None, False, None)
        assert back.cancellation_details.reason is None
        time.move(days=31)
        assert shop.client.v1.subscriptions.retrieve(subscription.id).status == "active"

    def test_now_ends_it_and_a_second_time_finds_nothing(self, shop: Shop) -> None:
        subscription = shop.subscribe()
        ended = shop.client.v1.subscriptions.cancel(subscription.id)
        assert ended.status == "canceled"
        with pytest.raises(stripe.InvalidRequestError, match="No such subscription") as caught:
            shop.client.v1.subscriptions.cancel(subscription.id)
        assert caught.value.http_status == 404
        with pytest.raises(stripe.InvalidRequestError, match="can only update its cancellation_details"):
            shop.client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})

    def test_of_a_deleted_customer_ends_every_subscription(self, shop: Shop) -> None:
        subscription = shop.subscribe()
        shop.client.v1.customers.delete(str(subscription.customer))
        assert shop.client.v1.subscriptions.retrieve(subscription.id).status == "canceled"
        assert types_of(shop.client)[-1] == "customer.deleted"

    def test_at_a_moment_in_the_past_is_refused(self, shop: Shop, time: Time) -> None:
        subscription = shop.subscribe()
        with pytest.raises(stripe.InvalidRequestError, match="in the future") as caught:
            shop.client.v1.subscriptions.update(subscription.id, {"cancel_at": time.seconds})
        assert caught.value.param == "cancel_at"


class TestBeginningByApi:
    def test_is_incomplete_until_the_first_payment_and_expires_after_23_hours(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop, "pm_card_chargeCustomerFail")
        assert subscription.status == "incomplete"
        time.move(hours=23)
        ended = shop.client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
        assert (ended.status, ended.latest_invoice.status) == ("incomplete_expired", "void")

    def test_gives_a_secret_to_confirm_with(self, shop: Shop) -> None:
        made = subscribe_by_api(
            shop, payment_behavior="default_incomplete", expand=["latest_invoice.confirmation_secret"]
        )
        intent = made.latest_invoice.confirmation_secret.client_secret.partition("_secret")[0]
        method = shop.client.v1.payment_methods.list().data[0].id
        confirmed = shop.client.v1.payment_intents.confirm(intent, {"payment_method": method})
        assert confirmed.status == "succeeded"
        assert shop.client.v1.subscriptions.retrieve(made.id).status == "active"

    def test_that_must_not_be_incomplete_leaves_nothing_after_a_decline(self, shop: Shop) -> None:
        with pytest.raises(stripe.CardError):
            subscribe_by_api(shop, "pm_card_chargeCustomerFail", payment_behavior="error_if_incomplete")
        assert shop.client.v1.subscriptions.list({"status": "all"}).data == []

    def test_may_end_with_its_first_period(self, shop: Shop, time: Time) -> None:
        made = subscribe_by_api(shop, cancel_at_period_end=True)
        assert made.cancel_at == made["items"].data[0].current_period_end
        time.move(days=30)
        assert shop.client.v1.subscriptions.retrieve(made.id).status == "canceled"

    def test_without_any_card_is_refused(self, shop: Shop) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="no attached payment source"):
            shop.client.v1.subscriptions.create({"customer": shop.customer().id, "items": [{"price": shop.price.id}]})


class TestLists:
    def test_leave_out_the_cancelled_unless_asked(self, shop: Shop) -> None:
        gone, kept = shop.subscribe(), shop.subscribe()
        shop.client.v1.subscriptions.cancel(gone.id)
        listed = shop.client.v1.subscriptions.list
        assert [one.id for one in listed().data] == [kept.id]
        assert [one.id for one in listed({"status": "canceled"}).data] == [gone.id]
        assert len(listed({"status": "all"}).data) == 2
        assert [one.id for one in listed({"status": "all", "customer": str(gone.customer)}).data] == [gone.id]
        assert [one.id for one in listed({"price": shop.price.id}).data] == [kept.id]


class TestARefund:
    def test_in_full_marks_the_charge_and_tells_it(self, shop: Shop) -> None:
        shop.subscribe()
        intent = shop.client.v1.payment_intents.list().data[0]
        refund = shop.client.v1.refunds.create({"payment_intent": intent.id})
        charge = shop.client.v1.charges.retrieve(intent.latest_charge)
        assert (refund.amount, charge.amount_refunded, charge.refunded) == (499, 499, True)
        assert types_of(shop.client)[-2:] == ["refund.created", "charge.refunded"]
        with pytest.raises(stripe.InvalidRequestError, match="already been refunded") as caught:
            shop.client.v1.refunds.create({"charge": charge.id})
        assert caught.value.code == "charge_already_refunded"

    def test_in_part_leaves_the_rest(self, shop: Shop) -> None:
        shop.subscribe()
        charge = shop.client.v1.charges.list().data[0]
        shop.client.v1.refunds.create({"charge": charge.id, "amount": 100})
        assert shop.client.v1.charges.retrieve(charge.id).refunded is False
        with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
            shop.client.v1.refunds.create({"charge": charge.id, "amount": 400})


class TestPeriods:
    @pytest.mark.parametrize(
        ("anchor", "interval", "count", "number", "wanted"),
        [
            ("2027-01-31", "month", 1, 1, "2027-02-28"),
            ("2027-01-31", "month", 1, 2, "2027-03-31"),
            ("2028-01-31", "month", 1, 1, "2028-02-29"),
            ("2028-02-29", "year", 1, 1, "2029-02-28"),
            ("2028-02-29", "year", 1, 4, "2032-02-29"),
            ("2026-11-30", "month", 3, 1, "2027-02-28"),
            ("2026-12-31", "week", 2, 1, "2027-01-14"),
            ("2026-12-31", "day", 1, 1, "2027-01-01"),
        ],
    )
    def test_are_counted_from_the_anchor(
        self, anchor: str, interval: str, count: int, number: int, wanted: str
    ) -> None:
        start = int(datetime.fromisoformat(anchor).replace(tzinfo=UTC).timestamp())
        end = boundary(start, {"interval": interval, "interval_count": count}, number)
        assert datetime.fromtimestamp(end, UTC).date().isoformat() == wanted

    def test_begin_where_the_one_before_ends(self) -> None:
        monthly = {"interval": "month", "interval_count": 1}
        _, end = period_at(1_800_000_000, monthly, 1_800_000_000)
        assert period_at(1_800_000_000, monthly, end)[0] == end
        assert period_at(1_800_000_000, monthly, end - 1)[1] == end
