"""Debts: what becomes of them after the last try; invoices that are announced, sent, or stand alone."""

from typing import Any

import pytest
import stripe

from paywall.sandbox import Sandbox
from tests.sandbox.conftest import Shop, Time, types_of
from tests.sandbox.test_lifecycle import subscribe_by_api
from tests.sandbox.test_proration import make_card_fail


def gone_through_all_tries(shop: Shop, time: Time) -> Any:
    subscription = subscribe_by_api(shop)
    make_card_fail(shop, subscription)
    time.move(days=30 + 3 + 5 + 7, hours=1)
    return shop.client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})


class TestAfterTheLastTry:
    def test_a_subscription_is_cancelled(self, shop: Shop, time: Time) -> None:
        ended = gone_through_all_tries(shop, time)
        assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")
        assert (ended.latest_invoice.status, ended.latest_invoice.attempt_count) == ("open", 4)

    def test_it_is_unpaid_and_its_renewals_stay_drafts_until_the_debt_is_paid(
        self, shop: Shop, time: Time, sandbox: Sandbox
    ) -> None:
        sandbox.decide_after_retries("unpaid")
        owing = gone_through_all_tries(shop, time)
        assert (owing.status, owing.latest_invoice.next_payment_attempt) == ("unpaid", None)
        time.move(days=20)
        draft = shop.client.v1.invoices.list().data[0]
        assert (draft.status, draft.auto_advance) == ("draft", False)
        good = shop.client.v1.payment_methods.attach("pm_card_visa", {"customer": str(owing.customer)})
        shop.client.v1.invoices.pay(draft.id, {"payment_method": good.id})
        assert shop.client.v1.subscriptions.retrieve(owing.id).status == "active"

    def test_it_stays_past_due(self, shop: Shop, time: Time, sandbox: Sandbox) -> None:
        sandbox.decide_after_retries("past_due")
        assert gone_through_all_tries(shop, time).status == "past_due"

    def test_there_is_no_fourth_way(self, sandbox: Sandbox) -> None:
        with pytest.raises(ValueError, match="cancel, unpaid or past_due"):
            sandbox.decide_after_retries("forgive")  # type: ignore[arg-type]


class TestAnUpcomingInvoice:
    def test_is_announced_a_week_before_once_and_without_an_id(self, shop: Shop, time: Time) -> None:
        subscribe_by_api(shop)
        time.move(days=23, seconds=-1)
        assert "invoice.upcoming" not in types_of(shop.client)
        time.move(days=2)
        assert types_of(shop.client).count("invoice.upcoming") == 1
        event = shop.client.v1.events.list({"type": "invoice.upcoming"}).data[0]
        upcoming = event.data.object.to_dict()
        assert ("id" in upcoming, upcoming["total"], upcoming["status"]) == (False, 499, "draft")

    def test_of_a_subscription_that_ends_is_none(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        shop.client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
        time.move(days=31)
        assert "invoice.upcoming" not in types_of(shop.client)


class TestABadDebt:
    def test_is_marked_uncollectible_and_may_still_be_paid(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        make_card_fail(shop, subscription)
        time.move(days=31)
        debt = shop.client.v1.invoices.list({"status": "open"}).data[0]
        marked = shop.client.v1.invoices.mark_uncollectible(debt.id)
        assert (marked.status, marked.status_transitions.marked_uncollectible_at) == ("uncollectible", time.seconds)
        assert types_of(shop.client)[-1] == "invoice.marked_uncollectible"
        good = shop.client.v1.payment_methods.attach("pm_card_visa", {"customer": str(subscription.customer)})
        assert shop.client.v1.invoices.pay(debt.id, {"payment_method": good.id}).status == "paid"

    def test_is_not_tried_again_after_another_failure(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        make_card_fail(shop, subscription)
        time.move(days=31)
        debt = shop.client.v1.invoices.list({"status": "open"}).data[0]
        shop.client.v1.invoices.mark_uncollectible(debt.id)
        with pytest.raises(stripe.CardError):
            shop.client.v1.invoices.pay(debt.id)
        assert shop.client.v1.invoices.retrieve(debt.id).next_payment_attempt is None

    def test_that_is_paid_is_none(self, shop: Shop) -> None:
        paid = shop.client.v1.invoices.retrieve(str(subscribe_by_api(shop).latest_invoice))
        with pytest.raises(stripe.InvalidRequestError, match="it is paid"):
            shop.client.v1.invoices.mark_uncollectible(paid.id)


class TestAnInvoiceThatIsSent:
    def test_waits_for_somebody_to_pay_it(self, shop: Shop, time: Time) -> None:
        sent = shop.client.v1.subscriptions.create(
            {
                "customer": shop.customer().id,
                "items": [{"price": shop.price.id}],
                "collection_method": "send_invoice",
                "days_until_due": 14,
            }
        )
        assert sent.status == "active"
        time.move(hours=1)
        invoice = shop.client.v1.invoices.retrieve(str(sent.latest_invoice))
        assert (invoice.status, invoice.due_date, invoice.attempted) == ("open", time.seconds + 14 * 86_400, False)
        assert "invoice.sent" in types_of(shop.client)
        shop.client.v1.invoices.pay(invoice.id, {"paid_out_of_band": True})
        time.move(days=20)
        assert shop.client.v1.subscriptions.retrieve(sent.id).status == "active"

    def test_is_overdue_when_its_day_has_passed(self, shop: Shop, time: Time) -> None:
        sent = shop.client.v1.subscriptions.create(
            {
                "customer": shop.customer().id,
                "items": [{"price": shop.price.id}],
                "collection_method": "send_invoice",
                "days_until_due": 7,
            }
        )
        time.move(days=7, hours=1)
        assert shop.client.v1.subscriptions.retrieve(sent.id).status == "past_due"
        assert "invoice.overdue" in types_of(shop.client)


class TestAnInvoiceOfItsOwn:
    def test_bills_its_items_once(self, shop: Shop) -> None:
        customer = shop.customer()
        card = shop.client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
        draft = shop.client.v1.invoices.create({"customer": customer.id, "currency": "eur"})
        shop.client.v1.invoice_items.create(
            {"customer": customer.id, "invoice": draft.id, "amount": 1200, "currency": "eur", "description": "Archive"}
        )
        opened = shop.client.v1.invoices.finalize_invoice(draft.id)
        assert (opened.status, opened.amount_due, opened.parent) == ("open", 1200, None)
        paid = shop.client.v1.invoices.pay(draft.id, {"payment_method": card.id})
        assert (paid.status, paid.amount_paid, paid.billing_reason) == ("paid", 1200, "manual")
        assert paid.lines.data[0].description == "Archive"
        assert shop.client.v1.invoices.list().data[0].id == paid.id

    def test_takes_what_waits_if_asked_to(self, shop: Shop) -> None:
        customer = shop.customer()
        waiting = shop.client.v1.invoice_items.create({"customer": customer.id, "amount": 300, "currency": "eur"})
        draft = shop.client.v1.invoices.create({"customer": customer.id, "pending_invoice_items_behavior": "include"})
        assert draft.total == 300
        assert shop.client.v1.invoice_items.retrieve(waiting.id).invoice == draft.id

    def test_of_a_waiting_item_comes_with_the_next_renewal(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        shop.client.v1.invoice_items.create({"customer": str(subscription.customer), "amount": 300})
        time.move(days=30, hours=1)
        assert shop.client.v1.invoices.list().data[0].amount_paid == 799

    def test_goes_on_by_itself_if_told_to(self, shop: Shop, time: Time) -> None:
        customer = shop.customer()
        card = shop.client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
        settings = {"default_payment_method": card.id}
        shop.client.v1.customers.update(customer.id, {"invoice_settings": settings})
        shop.client.v1.invoice_items.create({"customer": customer.id, "amount": 300, "currency": "eur"})
        draft = shop.client.v1.invoices.create(
            {"customer": customer.id, "auto_advance": True, "pending_invoice_items_behavior": "include"}
        )
        time.move(hours=1)
        assert shop.client.v1.invoices.retrieve(draft.id).status == "paid"

    def test_is_tried_again_like_any_other(self, shop: Shop, time: Time) -> None:
        customer = shop.customer()
        bad = shop.client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
        settings = {"default_payment_method": bad.id}
        shop.client.v1.customers.update(customer.id, {"invoice_settings": settings})
        shop.client.v1.invoice_items.create({"customer": customer.id, "amount": 300, "currency": "eur"})
        draft = shop.client.v1.invoices.create(
            {"customer": customer.id, "auto_advance": True, "pending_invoice_items_behavior": "include"}
        )
        time.move(hours=1)
        failed = shop.client.v1.invoices.retrieve(draft.id)
        assert (failed.status, failed.next_payment_attempt) == ("open", time.seconds + 3 * 86_400)

    def test_is_deleted_only_as_a_draft(self, shop: Shop) -> None:
        draft = shop.client.v1.invoices.create({"customer": shop.customer().id})
        assert shop.client.v1.invoices.delete(draft.id).deleted
        with pytest.raises(stripe.InvalidRequestError, match="only delete draft"):
            shop.client.v1.invoices.delete(str(subscribe_by_api(shop).latest_invoice))

    def test_gives_the_balance_back_when_it_is_voided(self, shop: Shop) -> None:
        subscription = subscribe_by_api(shop)
        shop.client.v1.subscriptions.cancel(subscription.id, {"prorate": True, "invoice_now": True})
        customer = str(subscription.customer)
        draft = shop.client.v1.invoices.create({"customer": customer})
        shop.client.v1.invoice_items.create({"customer": customer, "invoice": draft.id, "amount": 900})
        assert shop.client.v1.invoices.finalize_invoice(draft.id).amount_due == 401
        shop.client.v1.invoices.void_invoice(draft.id)
        assert shop.client.v1.customers.retrieve(customer).balance == -499
