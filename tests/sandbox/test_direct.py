"""Payments without a page: methods, payment intents and setup intents made by a call, as scripts do."""

from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import Shop, types_of


def intent_of(client: Any, **more: Any) -> Any:
    return client.v1.payment_intents.create({"amount": 1000, "currency": "eur", **more})


class TestAPaymentIntent:
    def test_waits_for_a_method_and_is_confirmed_later(self, client: Any) -> None:
        intent = intent_of(client, description="A book")
        assert (intent.status, intent.setup_future_usage) == ("requires_payment_method", None)
        method = client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
        paid = client.v1.payment_intents.confirm(intent.id, {"payment_method": method.id})
        assert (paid.status, paid.amount_received) == ("succeeded", 1000)

    def test_is_confirmed_at_once(self, client: Any) -> None:
        intent = intent_of(client, payment_method="pm_card_visa", confirm=True, metadata={"book": "1"})
        assert (intent.status, intent.metadata.to_dict()) == ("succeeded", {"book": "1"})
        assert "charge.succeeded" in types_of(client)

    def test_that_is_refused_raises_and_keeps_the_attempt(self, client: Any) -> None:
        with pytest.raises(stripe.CardError):
            intent_of(client, payment_method="pm_card_chargeDeclined", confirm=True)
        assert client.v1.charges.list().data[0].status == "failed"

    def test_may_be_reserved_first_and_captured_later(self, client: Any) -> None:
        intent = intent_of(client, payment_method="pm_card_visa", confirm=True, capture_method="manual")
        assert (intent.status, intent.amount_capturable) == ("requires_capture", 1000)
        assert client.v1.balance_transactions.list().data == []
        captured = client.v1.payment_intents.capture(intent.id)
        assert (captured.status, captured.amount_received, captured.amount_capturable) == ("succeeded", 1000, 0)
        assert client.v1.charges.retrieve(captured.latest_charge).captured

    def test_is_cancelled_unless_it_is_paid(self, client: Any) -> None:
        intent = intent_of(client)
        ended = client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
        assert (ended.status, ended.cancellation_reason) == ("canceled", "abandoned")
        paid = intent_of(client, payment_method="pm_card_visa", confirm=True)
        for verb in ("cancel", "capture"):
            with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
                getattr(client.v1.payment_intents, verb)(paid.id)

    def test_by_debit_takes_days(self, client: Any) -> None:
        account = {"type": "sepa_debit", "sepa_debit": {"iban": "AT611904300234573201"}}
        method = client.v1.payment_methods.create(account)
        assert intent_of(client, payment_method=method.id, confirm=True).status == "processing"

    @pytest.mark.parametrize(
        ("more", "param"),
        [
            ({"confirm": True}, "payment_method"),
            ({"customer": "cus_x"}, "customer"),
            ({"payment_method": "pm_x"}, "payment_method"),
        ],
    )
    def test_names_what_is_missing_or_unknown(self, client: Any, more: dict[str, Any], param: str) -> None:
        with pytest.raises(stripe.InvalidRequestError) as refused:
            intent_of(client, **more)
        assert refused.value.param == param


class TestAMethod:
    @pytest.mark.parametrize(
        "params",
        [
            {"type": "card", "card": {"token": "tok_nothing"}},
            {"type": "card"},
            {"type": "sepa_debit"},
            {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013999"}},
            {"type": "card", "card": {"number": "4242424242424242"}},
        ],
        ids=str,
    )
    def test_comes_from_a_test_token_or_a_test_iban_only(self, client: Any, params: dict[str, Any]) -> None:
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.payment_methods.create(params)

    def test_bills_whom_it_is_told(self, client: Any) -> None:
        named = {"name": "Leyla", "address": {"country": "AZ"}}
        method = client.v1.payment_methods.create(
            {"type": "card", "card": {"token": "tok_visa"}, "billing_details": named}
        )
        assert (method.billing_details.name, method.billing_details.address.country) == ("Leyla", "AZ")

    def test_may_come_with_the_customer(self, shop: Shop) -> None:
        v1 = shop.client.v1
        settings = {"default_payment_method": "pm_card_visa"}
        both = [{"payment_method": "pm_card_visa", "invoice_settings": settings}, {"source": "tok_visa"}]
        for params in both:
            customer = v1.customers.create(params)
            default = str(customer.invoice_settings.default_payment_method)
            assert v1.payment_methods.retrieve(default).customer == customer.id
            made = v1.subscriptions.create({"customer": customer.id, "items": [{"price": shop.price.id}]})
            assert made.status == "active"

    def test_that_only_comes_along_is_no_default(self, client: Any) -> None:
        customer = client.v1.customers.create({"payment_method": "pm_card_visa"})
        assert customer.invoice_settings.default_payment_method is None
        assert len(client.v1.payment_methods.list({"customer": customer.id}).data) == 1


class TestASetupIntent:
    def test_makes_a_method_the_customers(self, shop: Shop) -> None:
        customer = shop.customer()
        setup = shop.client.v1.setup_intents.create(
            {"customer": customer.id, "payment_method": "pm_card_visa", "confirm": True}
        )
        assert setup.status == "succeeded"
        assert shop.client.v1.payment_methods.retrieve(str(setup.payment_method)).customer == customer.id

    def test_is_confirmed_later_or_cancelled(self, shop: Shop) -> None:
        setups = shop.client.v1.setup_intents
        first, second = (setups.create({"customer": shop.customer().id}) for _ in range(2))
        assert setups.confirm(first.id, {"payment_method": "pm_card_visa"}).status == "succeeded"
        assert setups.cancel(second.id).status == "canceled"
        for verb in ("confirm", "cancel"):
            with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
                getattr(setups, verb)(first.id)

    def test_that_is_refused_raises_and_keeps_the_attempt(self, shop: Shop) -> None:
        with pytest.raises(stripe.CardError):
            shop.client.v1.setup_intents.create({"payment_method": "pm_card_chargeDeclined", "confirm": True})
        assert types_of(shop.client)[-1] == "setup_intent.setup_failed"


class TestATrialEndedByHand:
    def test_pauses_a_subscription_without_a_card_that_was_to_pause(self, shop: Shop) -> None:
        v1 = shop.client.v1
        behaviour = {"end_behavior": {"missing_payment_method": "pause"}}
        made = v1.subscriptions.create(
            {
                "customer": shop.customer().id,
                "items": [{"price": shop.price.id}],
                "trial_period_days": 7,
                "trial_settings": behaviour,
            }
        )
        assert v1.subscriptions.update(made.id, {"trial_end": "now"}).status == "paused"
        assert "customer.subscription.paused" in types_of(shop.client)
