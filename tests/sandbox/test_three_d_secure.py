"""Cards whose banks ask: when the payer is there, when a renewal falls due, and after it was set up."""

from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import BASE, GOOD_CARD, SECURE_CARD, Shop, Time, page_of, types_of

UNTIL_SET_UP_CARD = "4000002500003155"
ON_SESSION_CARD = "4000003800000446"
THEN_DECLINED_CARD = "4000008260003178"
TRIAL = {"subscription_data": {"trial_period_days": 14}}


def _subscribe(shop: Shop, number: str, **more: Any) -> Any:
    """Subscribe by a card that asks, and pass."""
    session = shop.session(shop.customer(), **more)
    place = shop.pay(session, number).location
    assert place.endswith("/3ds")
    assert shop.browser.post(place, data={"result": "complete"}).status_code == 303
    return shop.client.v1.subscriptions.list({"limit": 1}).data[0]


def _latest(shop: Shop, subscription: Any) -> Any:
    return shop.client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice.payments"]})


def _intent(shop: Shop, subscription: Any) -> Any:
    payment = _latest(shop, subscription).latest_invoice.payments.data[0].payment
    return shop.client.v1.payment_intents.retrieve(str(payment.payment_intent))


class TestARenewal:
    @pytest.mark.parametrize("number", [UNTIL_SET_UP_CARD, ON_SESSION_CARD])
    def test_goes_quietly_by_a_card_that_was_set_up(self, shop: Shop, time: Time, number: str) -> None:
        subscription = _subscribe(shop, number)
        time.move(days=30, hours=1)
        renewed = _latest(shop, subscription)
        assert (renewed.status, renewed.latest_invoice.status) == ("active", "paid")

    def test_by_a_card_that_always_asks_waits_for_the_payer(self, shop: Shop, time: Time) -> None:
        subscription = _subscribe(shop, SECURE_CARD)
        time.move(days=30, hours=1)
        renewed = _latest(shop, subscription)
        assert (renewed.status, renewed.latest_invoice.status) == ("past_due", "open")
        assert _intent(shop, subscription).status == "requires_action"
        assert types_of(shop.client)[-2:] == ["invoice.payment_failed", "invoice.payment_action_required"]

    def test_is_paid_on_the_invoice_s_page_after_authentication(self, shop: Shop, time: Time) -> None:
        subscription = _subscribe(shop, SECURE_CARD)
        time.move(days=30, hours=1)
        page = _latest(shop, subscription).latest_invoice.hosted_invoice_url.removeprefix(BASE)
        place = shop.browser.post(page, data={"method": "known"}).location
        assert shop.browser.post(place, data={"result": "complete"}).location == page
        renewed = _latest(shop, subscription)
        assert (renewed.status, renewed.latest_invoice.status) == ("active", "paid")

    def test_by_a_card_set_up_by_api_alone_asks(self, shop: Shop, time: Time) -> None:
        subscription = shop.subscribe()
        customer = str(subscription.customer)
        method = shop.client.v1.payment_methods.attach("pm_card_authenticationRequiredOnSetup", {"customer": customer})
        shop.client.v1.subscriptions.update(subscription.id, {"default_payment_method": method.id})
        time.move(days=30, hours=1)
        assert _intent(shop, subscription).status == "requires_action"


class TestPayingByApi:
    @pytest.mark.parametrize(("off_session", "asks"), [(None, False), (False, True)])
    def test_is_off_session_unless_said_otherwise(
        self, shop: Shop, time: Time, off_session: bool | None, *, asks: bool
    ) -> None:
        subscription = shop.subscribe()
        customer = str(subscription.customer)
        bad = shop.client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer})
        shop.client.v1.subscriptions.update(subscription.id, {"default_payment_method": bad.id})
        time.move(days=31)
        token = "pm_card_authenticationRequiredSetupForOffSession"
        method = shop.client.v1.payment_methods.attach(token, {"customer": customer})
        said = {} if off_session is None else {"off_session": off_session}
        invoice = str(_latest(shop, subscription).latest_invoice.id)
        pay = shop.client.v1.invoices.pay
        if asks:
            with pytest.raises(stripe.CardError, match="additional user action"):
                pay(invoice, {"payment_method": method.id, **said})
        else:
            assert pay(invoice, {"payment_method": method.id, **said}).status == "paid"


class TestCheckout:
    def test_declines_after_authentication_where_the_card_is_poor(self, shop: Shop) -> None:
        session = shop.session(shop.customer())
        place = shop.pay(session, THEN_DECLINED_CARD).location
        answer = shop.browser.post(place, data={"result": "complete"})
        assert answer.status_code == 402
        assert "insufficient funds" in answer.text
        assert shop.client.v1.checkout.sessions.retrieve(session.id).status == "open"

    def test_may_be_paid_by_another_card_after_a_failed_authentication(self, shop: Shop) -> None:
        session = shop.session(shop.customer())
        place = shop.pay(session, SECURE_CARD).location
        assert shop.browser.post(place, data={"result": "fail"}).status_code == 402
        assert shop.pay(session, GOOD_CARD).status_code == 303
        assert shop.client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


class TestATrial:
    def test_sets_the_card_up_without_taking_money(self, shop: Shop) -> None:
        session = shop.session(shop.customer(), **TRIAL)
        assert shop.pay(session).status_code == 303
        [setup] = shop.client.v1.setup_intents.list().data
        assert (setup.status, setup.usage) == ("succeeded", "off_session")
        done = shop.client.v1.checkout.sessions.retrieve(session.id)
        assert (done.payment_status, shop.client.v1.charges.list().data) == ("no_payment_required", [])

    def test_asks_the_bank_before_it_begins(self, shop: Shop, time: Time) -> None:
        subscription = _subscribe(shop, UNTIL_SET_UP_CARD, **TRIAL)
        assert subscription.status == "trialing"
        time.move(days=14, hours=1)
        assert _latest(shop, subscription).latest_invoice.status == "paid"

    def test_does_not_begin_with_a_card_that_is_refused(self, shop: Shop) -> None:
        session = shop.session(shop.customer(), **TRIAL)
        assert shop.pay(session, "4000000000000002").status_code == 402
        assert types_of(shop.client)[-1] == "setup_intent.setup_failed"
        assert shop.client.v1.checkout.sessions.retrieve(session.id).status == "open"
        assert page_of(session) in shop.pay(session, SECURE_CARD).location
