"""Everything the sandbox answers has the shape that Stripe's spec and SDK say it has."""

import json
from typing import Any

import pytest

from paywall.sandbox.operations import OPERATIONS
from paywall.sandbox.state.ids import PREFIXES
from paywall.sandbox.wire.params import Required
from tests.sandbox import truth
from tests.sandbox.conftest import DECLINED_CARD, DECLINED_LATER_CARD, SECURE_CARD, InProcess, Shop, Time, page_of

DISPUTED_CARD = "4000000000000259"


def _make_everything(shop: Shop, time: Time) -> None:
    """Make one of each kind there is."""
    v1 = shop.client.v1
    rate = v1.tax_rates.create({"display_name": "VAT", "percentage": 18, "inclusive": True})
    coupon = v1.coupons.create({"percent_off": 50, "duration": "forever"})
    v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "SPRING"})
    taxed = {"default_tax_rates": [rate.id]}
    session = shop.session(shop.customer(), discounts=[{"coupon": coupon.id}], subscription_data=taxed)
    v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    shop.pay(session, DISPUTED_CARD)
    subscription = v1.subscriptions.list({"expand": ["data.discounts"]}).data[0]
    schedule = v1.subscription_schedules.create({"from_subscription": subscription.id})
    v1.subscription_schedules.release(schedule.id)
    v1.invoice_items.create({"customer": subscription.customer, "amount": 100, "currency": "eur"})
    _portal(shop, subscription.customer)
    intent = v1.payment_intents.create(
        {"amount": 100, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}
    )
    v1.refunds.create({"payment_intent": intent.id})
    v1.setup_intents.create({"customer": subscription.customer, "payment_method": "pm_card_visa", "confirm": True})
    v1.test_helpers.test_clocks.create({"frozen_time": time.seconds})
    v1.accounts.retrieve_current()


def _ask_every_list(shop: Shop) -> None:
    """Call each listing operation that needs nothing to be known; a new one is found here by itself."""
    lists = [each for each in OPERATIONS if each.method == "GET" and "<" not in each.path]
    for each in lists:
        if not any(isinstance(rule, Required) for rule in each.params.values()):
            shop.client.raw_request("get", each.path)


def _read_everything(shop: Shop) -> None:
    """Ask for every object there is, with all that can be expanded where that adds a shape; the transport compares."""
    stripe = shop.client.v1
    stripe.products.list()
    stripe.prices.list({"expand": ["data.product"]})
    stripe.customers.list({"expand": ["data.subscriptions"]})
    stripe.payment_methods.list()
    stripe.checkout.sessions.list({"expand": ["data.line_items", "data.subscription"]})
    stripe.subscriptions.list({"status": "all", "expand": ["data.latest_invoice", "data.default_payment_method"]})
    stripe.invoices.list({"expand": ["data.payments", "data.confirmation_secret"]})
    stripe.invoice_payments.list()
    stripe.payment_intents.list()
    stripe.charges.list({"expand": ["data.refunds"]})
    stripe.refunds.list()
    stripe.billing_portal.configurations.list()
    stripe.webhook_endpoints.list()
    stripe.events.list({"limit": 100})


@pytest.fixture(autouse=True)
def _endpoint(shop: Shop) -> None:
    shop.client.v1.webhook_endpoints.create({"url": "http://shop.example/hook", "enabled_events": ["*"]})


class TestEveryObject:
    def test_of_every_kind_there_is(self, shop: Shop, transport: InProcess, time: Time) -> None:
        _make_everything(shop, time)
        _ask_every_list(shop)
        assert {kind for kind in PREFIXES if not kind.startswith("sandbox")} - transport.kinds == set()
        assert transport.differences == set()

    def test_of_a_sign_up_a_cancellation_and_a_refund(self, shop: Shop, transport: InProcess) -> None:
        subscription = shop.subscribe()
        shop.client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
        shop.client.v1.subscriptions.cancel(subscription.id)
        shop.client.v1.refunds.create({"charge": shop.client.v1.charges.list().data[0].id, "reason": "duplicate"})
        _read_everything(shop)
        assert transport.differences == set()

    def test_of_declined_and_authenticated_payments(self, shop: Shop, transport: InProcess) -> None:
        shop.pay(shop.session(shop.customer()), DECLINED_CARD)
        session = shop.session(shop.customer())
        place = shop.pay(session, SECURE_CARD).location
        _read_everything(shop)
        assert transport.differences == set()
        shop.browser.post(place, data={"result": "fail"})
        _read_everything(shop)
        assert transport.differences == set()
        shop.browser.post(shop.pay(session, SECURE_CARD).location, data={"result": "complete"})
        _read_everything(shop)
        assert transport.differences == set()

    def test_of_a_renewal_that_is_paid_and_one_that_fails(self, shop: Shop, transport: InProcess, time: Time) -> None:
        subscription = shop.subscribe()
        time.move(days=31)
        _read_everything(shop)
        assert transport.differences == set()
        session = _portal(shop, subscription.customer)
        shop.browser.post(f"{page_of(session)}/card", data=_typed(DECLINED_LATER_CARD))
        time.move(days=31)
        assert shop.client.v1.subscriptions.retrieve(subscription.id).status == "past_due"
        _read_everything(shop)
        assert transport.differences == set()
        time.move(days=30)
        assert shop.client.v1.subscriptions.retrieve(subscription.id).status == "canceled"
        _read_everything(shop)
        assert transport.differences == set()

    def test_of_the_kinds_that_are_not_listed(self, shop: Shop, transport: InProcess) -> None:
        subscription = shop.subscribe()
        _portal(shop, subscription.customer)
        customer = shop.client.v1.customers.delete(str(subscription.customer))
        shop.client.v1.accounts.retrieve_current()
        assert customer.deleted
        assert transport.differences == set()


def _portal(shop: Shop, customer: Any) -> Any:
    shop.client.v1.billing_portal.configurations.create(
        {
            "business_profile": {"headline": "Daily"},
            "features": {
                "payment_method_update": {"enabled": True},
                "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
                "invoice_history": {"enabled": True},
            },
        }
    )
    return shop.client.v1.billing_portal.sessions.create(
        {
            "customer": str(customer),
            "return_url": "http://shop.example/account",
            "flow_data": {"type": "payment_method_update"},
        }
    )


def _typed(number: str) -> dict[str, str]:
    return {
        "card_number": number,
        "card_expiry": "12/30",
        "card_cvc": "123",
        "billing_name": "Leyla",
        "billing_country": "AZ",
    }


def _raw(answer: Any) -> dict[str, Any]:
    return dict(json.loads(str(answer)))


class TestTheJudges:
    """They must see what is wrong, or they prove nothing."""

    @pytest.mark.parametrize(
        ("field", "value", "wanted"),
        [
            ("status", "activ", "spec subscription.status: activ"),
            ("customer", None, "spec subscription.customer: null"),
            ("created", "today", "spec subscription.created: str"),
            ("current_period_end", 1, "sdk subscription.current_period_end: unknown"),
        ],
    )
    def test_see_a_wrong_value_a_null_a_wrong_type_and_a_stranger(
        self, shop: Shop, field: str, value: object, wanted: str
    ) -> None:
        subscription = _raw(shop.subscribe())
        assert wanted in truth.differences({**subscription, field: value})

    def test_see_a_missing_field_inside_another(self, shop: Shop) -> None:
        subscription = _raw(shop.subscribe())
        del subscription["items"]["data"][0]["current_period_end"]
        assert truth.differences(subscription) == [
            "sdk subscription_item.current_period_end: missing",
            "spec subscription_item.current_period_end: missing",
        ]
