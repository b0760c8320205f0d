"""Refunds that take time or fail after all, several on one charge, and what the charge shows."""

from typing import Any

import pytest
import stripe

from paywall.sandbox import Sandbox
from tests.sandbox.conftest import Shop, Time, types_of

PENDING_CARD = "4000000000007726"
FAILING_CARD = "4000000000005126"


def _refund(shop: Shop, number: str, **params: Any) -> Any:
    shop.subscribe(number)
    return shop.client.v1.refunds.create({"charge": _charge(shop).id, **params})


def _charge(shop: Shop) -> Any:
    return shop.client.v1.charges.list({"expand": ["data.refunds"]}).data[0]


class TestARefundThatTakesTime:
    def test_is_pending_for_a_day_and_then_succeeds(self, shop: Shop, time: Time) -> None:
        refund = _refund(shop, PENDING_CARD)
        assert (refund.status, _charge(shop).amount_refunded) == ("pending", 499)
        time.move(days=1)
        assert shop.client.v1.refunds.retrieve(refund.id).status == "succeeded"
        assert types_of(shop.client)[-2:] == ["refund.updated", "charge.refund.updated"]

    def test_may_be_called_back_from_the_dashboard(self, shop: Shop, sandbox: Sandbox, time: Time) -> None:
        refund = _refund(shop, PENDING_CARD)
        assert sandbox.call_refund_back(refund.id)["status"] == "canceled"
        time.move(days=2)
        assert shop.client.v1.refunds.retrieve(refund.id).status == "canceled"
        assert _charge(shop).amount_refunded == 0

    def test_cannot_be_cancelled_by_the_api(self, shop: Shop) -> None:
        refund = _refund(shop, PENDING_CARD)
        with pytest.raises(stripe.InvalidRequestError, match="requires_action"):
            shop.client.v1.refunds.cancel(refund.id)


class TestARefundThatFails:
    def test_succeeds_first_and_comes_back_a_day_later(self, shop: Shop, time: Time) -> None:
        refund = _refund(shop, FAILING_CARD)
        assert (refund.status, _charge(shop).refunded) == ("succeeded", True)
        time.move(days=1)
        failed = shop.client.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
        charge = _charge(shop)
        assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
        assert failed.failure_balance_transaction.amount == 499
        assert (charge.amount_refunded, charge.refunded) == (0, False)
        assert types_of(shop.client)[-4:] == [
            "refund.updated",
            "refund.failed",
            "charge.refund.updated",
            "charge.updated",
        ]

    def test_in_part_leaves_the_other_parts_given_back(self, shop: Shop, time: Time) -> None:
        _refund(shop, FAILING_CARD, amount=200)
        time.move(hours=12)
        shop.client.v1.refunds.create({"charge": _charge(shop).id, "amount": 100})
        time.move(hours=12)
        assert _charge(shop).amount_refunded == 100


class TestSeveralRefunds:
    def test_add_up_and_never_pass_the_charge(self, shop: Shop) -> None:
        shop.subscribe()
        create, charge = shop.client.v1.refunds.create, _charge(shop).id
        create({"charge": charge, "amount": 199})
        create({"charge": charge, "amount": 200, "reason": "duplicate"})
        with pytest.raises(stripe.InvalidRequestError, match=r"Refund amount \(101\) is greater .* \(100\)"):
            create({"charge": charge, "amount": 101})
        create({"charge": charge})
        after = _charge(shop)
        assert (after.amount_refunded, after.refunded) == (499, True)
        assert [each.amount for each in after.refunds.data] == [100, 200, 199]

    def test_are_listed_by_charge_and_by_payment(self, shop: Shop) -> None:
        refund = _refund(shop, "4242424242424242", amount=100)
        listed = shop.client.v1.refunds.list
        assert [each.id for each in listed({"charge": refund.charge}).data] == [refund.id]
        assert [each.id for each in listed({"payment_intent": refund.payment_intent}).data] == [refund.id]

    def test_are_told_with_the_events_of_each(self, shop: Shop) -> None:
        refund = _refund(shop, "4242424242424242", amount=100)
        shop.client.v1.refunds.update(refund.id, {"metadata": {"why": "kindness"}})
        assert types_of(shop.client)[-4:] == [
            "refund.created",
            "charge.refunded",
            "refund.updated",
            "charge.refund.updated",
        ]
