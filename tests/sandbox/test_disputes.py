"""Disputes: a payer's bank takes the money back, or asks first; answered, won, lost, given up, or never answered."""

from typing import Any

import pytest
import stripe

from paywall.sandbox import Sandbox
from tests.sandbox.conftest import Shop, Time, types_of

DISPUTED_CARD = "4000000000000259"
INQUIRED_CARD = "4000000000001976"


def _dispute(shop: Shop) -> Any:
    return shop.client.v1.disputes.list().data[0]


def _charge(shop: Shop) -> Any:
    return shop.client.v1.charges.list().data[0]


def _answer(shop: Shop, words: str) -> Any:
    return shop.client.v1.disputes.update(_dispute(shop).id, {"evidence": {"uncategorized_text": words}})


class TestADisputedCard:
    def test_pays_and_is_disputed_right_after(self, shop: Shop) -> None:
        subscription = shop.subscribe(DISPUTED_CARD)
        dispute, charge = _dispute(shop), _charge(shop)
        assert subscription.status == "active"
        assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", "fraudulent", 499)
        assert (dispute.charge, dispute.payment_intent) == (charge.id, charge.payment_intent)
        assert (charge.disputed, charge.refunded) == (True, False)
        assert types_of(shop.client)[-2:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]

    def test_costs_the_amount_and_a_fee(self, shop: Shop) -> None:
        shop.subscribe(DISPUTED_CARD)
        [withdrawn] = _dispute(shop).balance_transactions
        assert (withdrawn.amount, withdrawn.fee, withdrawn.net) == (-499, 1500, -1999)
        assert shop.client.v1.balance_transactions.retrieve(withdrawn.id).reporting_category == "dispute"

    def test_cannot_be_refunded_any_more(self, shop: Shop) -> None:
        shop.subscribe(DISPUTED_CARD)
        with pytest.raises(stripe.InvalidRequestError, match="has been charged back") as caught:
            shop.client.v1.refunds.create({"charge": _charge(shop).id})
        assert caught.value.code == "charge_disputed"

    def test_is_found_by_its_charge_and_by_its_payment(self, shop: Shop) -> None:
        shop.subscribe()
        quiet = _charge(shop)
        shop.subscribe(DISPUTED_CARD)
        charge = _charge(shop)
        listed = shop.client.v1.disputes.list
        assert len(listed({"charge": charge.id}).data) == 1
        assert len(listed({"payment_intent": charge.payment_intent}).data) == 1
        assert listed({"charge": quiet.id}).data == []


class TestAnAnswer:
    def test_may_be_kept_back(self, shop: Shop) -> None:
        shop.subscribe(DISPUTED_CARD)
        kept = shop.client.v1.disputes.update(
            _dispute(shop).id, {"evidence": {"product_description": "A newspaper"}, "submit": False}
        )
        assert (kept.status, kept.evidence_details.has_evidence) == ("needs_response", True)
        assert kept.evidence_details.submission_count == 0

    def test_is_under_review_once_it_is_handed_in(self, shop: Shop) -> None:
        shop.subscribe(DISPUTED_CARD)
        handed = _answer(shop, "She read forty articles.")
        assert (handed.status, handed.evidence_details.submission_count) == ("under_review", 1)
        assert _dispute(shop).status == "under_review"
        assert types_of(shop.client)[-1] == "charge.dispute.updated"

    def test_that_wins_brings_the_money_back(self, shop: Shop) -> None:
        shop.subscribe(DISPUTED_CARD)
        assert _answer(shop, "winning_evidence").status == "under_review"
        won = _dispute(shop)
        assert (won.status, won.is_charge_refundable) == ("won", True)
        assert [each.amount for each in won.balance_transactions] == [-499, 499]
        assert types_of(shop.client)[-2:] == ["charge.dispute.funds_reinstated", "charge.dispute.closed"]
        assert shop.client.v1.refunds.create({"charge": won.charge}).amount == 499

    def test_that_loses_ends_it(self, shop: Shop) -> None:
        shop.subscribe(DISPUTED_CARD)
        _answer(shop, "losing_evidence")
        assert _dispute(shop).status == "lost"
        assert types_of(shop.client)[-1] == "charge.dispute.closed"
        with pytest.raises(stripe.InvalidRequestError, match="already closed"):
            _answer(shop, "winning_evidence")

    def test_takes_metadata_alone_without_being_handed_in(self, shop: Shop) -> None:
        shop.subscribe(DISPUTED_CARD)
        noted = shop.client.v1.disputes.update(_dispute(shop).id, {"metadata": {"case": "7"}})
        assert (noted.status, noted.metadata["case"]) == ("needs_response", "7")

    def test_with_a_file_is_refused_by_name(self, shop: Shop) -> None:
        shop.subscribe(DISPUTED_CARD)
        with pytest.raises(stripe.InvalidRequestError, match="unknown parameter") as caught:
            shop.client.v1.disputes.update(_dispute(shop).id, {"evidence": {"receipt": "file_1"}})
        assert caught.value.param == "evidence[receipt]"

    def test_that_never_comes_loses_it(self, shop: Shop, time: Time) -> None:
        shop.subscribe(DISPUTED_CARD)
        assert _dispute(shop).evidence_details.due_by == time.seconds + 21 * 86_400
        time.move(days=21)
        lost = _dispute(shop)
        assert (lost.status, lost.evidence_details.past_due) == ("lost", True)


class TestGivingUp:
    def test_loses_it_at_once(self, shop: Shop) -> None:
        shop.subscribe(DISPUTED_CARD)
        assert shop.client.v1.disputes.close(_dispute(shop).id).status == "lost"
        assert types_of(shop.client)[-1] == "charge.dispute.closed"
        with pytest.raises(stripe.InvalidRequestError, match="already closed"):
            shop.client.v1.disputes.close(_dispute(shop).id)


class TestAnInquiry:
    def test_moves_no_money_and_lets_refunds_through(self, shop: Shop) -> None:
        shop.subscribe(INQUIRED_CARD)
        inquiry = _dispute(shop)
        assert (inquiry.status, inquiry.balance_transactions) == ("warning_needs_response", [])
        assert inquiry.payment_method_details.card.case_type == "inquiry"
        assert types_of(shop.client)[-1] == "charge.dispute.created"
        assert shop.client.v1.refunds.create({"charge": inquiry.charge}).status == "succeeded"

    @pytest.mark.parametrize("words", ["winning_evidence", "losing_evidence"])
    def test_is_closed_by_an_answer(self, shop: Shop, words: str) -> None:
        shop.subscribe(INQUIRED_CARD)
        assert _answer(shop, words).status == "warning_under_review"
        assert _dispute(shop).status == "warning_closed"

    def test_may_become_a_chargeback(self, shop: Shop) -> None:
        shop.subscribe(INQUIRED_CARD)
        _answer(shop, "escalate_inquiry_evidence")
        grown = _dispute(shop)
        assert (grown.status, grown.payment_method_details.card.case_type) == ("needs_response", "chargeback")
        assert [each.amount for each in grown.balance_transactions] == [-499]
        assert types_of(shop.client)[-2:] == ["charge.dispute.updated", "charge.dispute.funds_withdrawn"]


class TestAnOlderCharge:
    def test_is_disputed_when_a_test_says_so(self, shop: Shop, sandbox: Sandbox, time: Time) -> None:
        shop.subscribe()
        time.move(days=20)
        sandbox.open_dispute(_charge(shop).id, reason="subscription_canceled", amount=300)
        dispute = _dispute(shop)
        assert (dispute.reason, dispute.amount, dispute.created) == ("subscription_canceled", 300, time.seconds)

    def test_cannot_be_in_two_disputes_at_once(self, shop: Shop, sandbox: Sandbox) -> None:
        shop.subscribe()
        sandbox.open_dispute(_charge(shop).id)
        with pytest.raises(Exception, match="in dispute already"):
            sandbox.open_dispute(_charge(shop).id)
