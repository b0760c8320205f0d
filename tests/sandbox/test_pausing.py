"""Paused collection: periods go on, their invoices are voided, given up or kept as drafts, until it is resumed."""

from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import Shop, Time, types_of
from tests.sandbox.test_lifecycle import subscribe_by_api


def pause(shop: Shop, subscription: Any, behaviour: str = "void", **more: Any) -> Any:
    wanted = {"behavior": behaviour, **more}
    return shop.client.v1.subscriptions.update(subscription.id, {"pause_collection": wanted})


def latest(shop: Shop, subscription: Any) -> Any:
    return shop.client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]}).latest_invoice


class TestPausedCollection:
    def test_leaves_the_subscription_active(self, shop: Shop) -> None:
        paused = pause(shop, subscribe_by_api(shop))
        assert (paused.status, paused.pause_collection.behavior, paused.pause_collection.resumes_at) == (
            "active",
            "void",
            None,
        )
        assert types_of(shop.client)[-1] == "customer.subscription.updated"

    @pytest.mark.parametrize(
        ("behaviour", "status"), [("void", "void"), ("mark_uncollectible", "uncollectible"), ("keep_as_draft", "draft")]
    )
    def test_takes_nothing_for_the_next_period(self, shop: Shop, time: Time, behaviour: str, status: str) -> None:
        subscription = subscribe_by_api(shop)
        pause(shop, subscription, behaviour)
        time.move(days=31)
        renewed = shop.client.v1.subscriptions.retrieve(subscription.id)
        ended = subscription["items"].data[0].current_period_end
        assert (renewed.status, renewed["items"].data[0].current_period_start) == ("active", ended)
        invoice = latest(shop, subscription)
        assert (invoice.status, invoice.amount_paid, invoice.auto_advance) == (status, 0, False)
        assert len(shop.client.v1.charges.list().data) == 1

    def test_ends_by_itself_at_its_moment(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        pause(shop, subscription, resumes_at=time.seconds + 40 * 86_400)
        time.move(days=40)
        assert shop.client.v1.subscriptions.retrieve(subscription.id).pause_collection is None
        assert types_of(shop.client)[-1] == "customer.subscription.updated"
        time.move(days=25)
        assert latest(shop, subscription).amount_paid == 499

    def test_is_ended_by_hand(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        pause(shop, subscription)
        resumed = shop.client.v1.subscriptions.update(subscription.id, {"pause_collection": ""})
        assert resumed.pause_collection is None
        time.move(days=31)
        assert latest(shop, subscription).amount_paid == 499

    def test_is_ended_with_a_fresh_period_that_is_billed_at_once(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        pause(shop, subscription)
        time.move(days=40)
        resumed = shop.client.v1.subscriptions.update(
            subscription.id, {"pause_collection": "", "billing_cycle_anchor": "now", "proration_behavior": "none"}
        )
        assert (resumed.pause_collection, resumed["items"].data[0].current_period_start) == (None, time.seconds)
        assert latest(shop, subscription).amount_paid == 499
        assert len(shop.client.v1.charges.list().data) == 2

    def test_into_the_past_is_refused(self, shop: Shop, time: Time) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="in the future"):
            pause(shop, subscribe_by_api(shop), resumes_at=time.seconds)

    def test_gives_no_credit_for_a_period_that_was_never_billed(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        pause(shop, subscription)
        time.move(days=40)
        shop.client.v1.subscriptions.cancel(subscription.id, {"prorate": True, "invoice_now": True})
        assert shop.client.v1.customers.retrieve(str(subscription.customer)).balance == 0

    def test_of_a_kept_draft_may_be_collected_later(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        pause(shop, subscription, "keep_as_draft")
        time.move(days=31)
        draft = latest(shop, subscription)
        shop.client.v1.invoices.finalize_invoice(draft.id, {"auto_advance": True})
        assert shop.client.v1.invoices.retrieve(draft.id).amount_paid == 499
