"""The portal beyond its first page: straight to one deed, another price, another card that its bank asks about."""

from typing import Any

import pytest
import stripe
from werkzeug.test import TestResponse

from tests.sandbox.conftest import GOOD_CARD, SECURE_CARD, Shop, Time, card_form, page_of, types_of

RETURN_URL = "http://shop.example/account"
AFTER = {"type": "redirect", "redirect": {"return_url": f"{RETURN_URL}?done"}}


def _price(shop: Shop, amount: int, interval: str = "month") -> Any:
    recurring = {"interval": interval}
    return shop.client.v1.prices.create(
        {"currency": "eur", "unit_amount": amount, "product": shop.price.product, "recurring": recurring}
    )


def _configure(shop: Shop, *prices: Any, proration: str = "always_invoice", conditions: tuple[str, ...] = ()) -> Any:
    update = {
        "enabled": True,
        "default_allowed_updates": ["price"],
        "products": [{"product": shop.price.product, "prices": [shop.price.id, *(one.id for one in prices)]}],
        "proration_behavior": proration,
        "schedule_at_period_end": {"conditions": [{"type": each} for each in conditions]},
    }
    features = {
        "payment_method_update": {"enabled": True},
        "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
        "subscription_update": update,
    }
    return shop.client.v1.billing_portal.configurations.create({"features": features})


def _page(shop: Shop, subscription: Any, flow: Any = None) -> str:
    asked = {"customer": str(subscription.customer), "return_url": RETURN_URL, **({"flow_data": flow} if flow else {})}
    return page_of(shop.client.v1.billing_portal.sessions.create(asked))


def _now(shop: Shop, subscription: Any) -> Any:
    return shop.client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})


def _switch(shop: Shop, page: str, subscription: Any, price: Any) -> TestResponse:
    return shop.browser.post(f"{page}/switch/{subscription.id}", data={"price": price.id})


class TestAFlow:
    def test_to_another_card_begins_at_the_form_and_ends_at_the_shop(self, shop: Shop) -> None:
        _configure(shop)
        page = _page(shop, shop.subscribe(), {"type": "payment_method_update", "after_completion": AFTER})
        assert shop.browser.get(page).location == f"{page}/card"
        assert RETURN_URL in shop.browser.get(f"{page}/card").text
        assert shop.browser.post(f"{page}/card", data=card_form(GOOD_CARD)).location == f"{RETURN_URL}?done"
        assert "Your billing" in shop.browser.get(page).text, "the deed is done, the portal is a portal again"

    def test_to_another_card_ends_there_after_authentication_too(self, shop: Shop) -> None:
        _configure(shop)
        subscription = shop.subscribe()
        page = _page(shop, subscription, {"type": "payment_method_update", "after_completion": AFTER})
        assert shop.browser.post(f"{page}/card", data=card_form(SECURE_CARD)).location == f"{page}/3ds"
        assert "keeps this card" in shop.browser.get(f"{page}/3ds").text
        assert _now(shop, subscription).default_payment_method == subscription.default_payment_method
        answer = shop.browser.post(f"{page}/3ds", data={"result": "complete"})
        assert answer.location == f"{RETURN_URL}?done"
        assert _now(shop, subscription).default_payment_method != subscription.default_payment_method

    def test_whose_authentication_fails_keeps_the_old_card(self, shop: Shop) -> None:
        _configure(shop)
        subscription = shop.subscribe()
        page = _page(shop, subscription)
        shop.browser.post(f"{page}/card", data=card_form(SECURE_CARD))
        answer = shop.browser.post(f"{page}/3ds", data={"result": "fail"})
        assert answer.status_code == 402
        assert "unable to authenticate" in answer.text
        assert _now(shop, subscription).default_payment_method == subscription.default_payment_method

    def test_to_cancelling_says_so_at_the_end(self, shop: Shop) -> None:
        _configure(shop)
        subscription = shop.subscribe()
        said = {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "We are sorry to see you go."}}
        wanted = {"subscription": subscription.id}
        flow = {"type": "subscription_cancel", "subscription_cancel": wanted, "after_completion": said}
        page = _page(shop, subscription, flow)
        place = shop.browser.get(page).location
        assert place == f"{page}/cancel/{subscription.id}"
        assert "We are sorry to see you go." in shop.browser.post(place).text
        assert _now(shop, subscription).cancel_at is not None

    def test_to_a_change_of_price_asks_only_for_confirmation(self, shop: Shop) -> None:
        dearer = _price(shop, 899)
        _configure(shop)
        subscription = shop.subscribe()
        items = [{"id": subscription["items"].data[0].id, "price": dearer.id}]
        wanted = {"subscription": subscription.id, "items": items}
        flow = {"type": "subscription_update_confirm", "subscription_update_confirm": wanted, "after_completion": AFTER}
        page = _page(shop, subscription, flow)
        asked = shop.browser.get(page, follow_redirects=True).text
        assert "€8.99 / month" in asked
        assert "€4.00" in asked, "the whole period is left, so the whole difference is due"
        assert _switch(shop, page, subscription, dearer).location == f"{RETURN_URL}?done"
        assert _now(shop, subscription)["items"].data[0].price.id == dearer.id

    def test_to_the_choice_of_prices_begins_there_and_ends_at_home(self, shop: Shop) -> None:
        dearer = _price(shop, 899)
        _configure(shop, dearer)
        subscription = shop.subscribe()
        flow = {"type": "subscription_update", "subscription_update": {"subscription": subscription.id}}
        page = _page(shop, subscription, flow)
        assert shop.browser.get(page).location == f"{page}/switch/{subscription.id}"
        assert _switch(shop, page, subscription, dearer).location == page
        assert "€8.99 / month" in shop.browser.get(page).text

    def test_of_another_customer_s_subscription_is_refused(self, shop: Shop) -> None:
        _configure(shop)
        other, wanted = shop.subscribe(), shop.subscribe()
        flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": wanted.id}}
        with pytest.raises(stripe.InvalidRequestError, match="does not belong to the customer"):
            _page(shop, other, flow)

    def test_that_is_switched_off_is_refused(self, shop: Shop) -> None:
        shop.client.v1.billing_portal.configurations.create({"features": {"invoice_history": {"enabled": True}}})
        with pytest.raises(stripe.InvalidRequestError, match="`payment_method_update` disabled") as caught:
            _page(shop, shop.subscribe(), {"type": "payment_method_update"})
        assert caught.value.param == "flow_data[type]"


class TestSwitching:
    def test_to_a_dearer_price_takes_the_difference_at_once(self, shop: Shop, time: Time) -> None:
        dearer = _price(shop, 899)
        _configure(shop, dearer)
        subscription = shop.subscribe()
        page = _page(shop, subscription)
        time.move(days=15)
        session = _page(shop, subscription)
        assert "€8.99 / month" in shop.browser.get(f"{session}/switch/{subscription.id}").text
        asked = shop.browser.get(f"{session}/confirm/{subscription.id}?price={dearer.id}").text
        assert "€2.00" in asked
        assert _now(shop, subscription)["items"].data[0].price.unit_amount == 499, "a look changes nothing"
        assert _switch(shop, session, subscription, dearer).location == session
        switched = _now(shop, subscription)
        assert (switched["items"].data[0].price.id, switched.latest_invoice.amount_paid) == (dearer.id, 200)
        assert shop.browser.get(page).status_code == 410

    def test_waits_for_the_payer_where_the_card_asks(self, shop: Shop) -> None:
        dearer = _price(shop, 899)
        _configure(shop, dearer)
        session = shop.session(shop.customer())
        shop.browser.post(shop.pay(session, SECURE_CARD).location, data={"result": "complete"})
        subscription = shop.client.v1.subscriptions.list().data[0]
        place = _switch(shop, _page(shop, subscription), subscription, dearer).location
        waiting = _now(shop, subscription)
        assert waiting["items"].data[0].price.unit_amount == 499
        assert place == waiting.latest_invoice.hosted_invoice_url
        invoice = f"/invoice/{waiting.latest_invoice.id}"
        shop.browser.post(invoice, data={"method": "known"})
        shop.browser.post(f"{invoice}/3ds", data={"result": "complete"})
        assert _now(shop, subscription)["items"].data[0].price.id == dearer.id

    def test_to_a_cheaper_price_waits_for_the_period_s_end_where_it_is_set_so(self, shop: Shop, time: Time) -> None:
        cheaper = _price(shop, 299)
        _configure(shop, cheaper, conditions=("decreasing_item_amount",))
        subscription = shop.subscribe()
        page = _page(shop, subscription)
        assert "23 December 2026" in shop.browser.get(f"{page}/confirm/{subscription.id}?price={cheaper.id}").text
        _switch(shop, page, subscription, cheaper)
        assert "€2.99 / month from 23 December 2026" in shop.browser.get(page).text
        assert _now(shop, subscription)["items"].data[0].price.unit_amount == 499
        time.move(days=30, hours=1)
        switched = _now(shop, subscription)
        assert (switched["items"].data[0].price.id, switched.latest_invoice.amount_paid) == (cheaper.id, 299)

    def test_is_not_offered_where_the_configuration_names_no_products(self, shop: Shop) -> None:
        dearer = _price(shop, 899)
        _configure(shop)
        subscription = shop.subscribe()
        page = _page(shop, subscription)
        assert "Switch plan" not in shop.browser.get(page).text
        assert _switch(shop, page, subscription, dearer).status_code == 404
        assert _now(shop, subscription)["items"].data[0].price.unit_amount == 499

    def test_needs_prices_of_the_product_named(self, shop: Shop) -> None:
        other = shop.client.v1.products.create({"name": "Print"})
        row = {"product": other.id, "prices": [shop.price.id]}
        feature = {"enabled": True, "default_allowed_updates": ["price"], "products": [row]}
        with pytest.raises(stripe.InvalidRequestError, match="does not belong") as caught:
            shop.client.v1.billing_portal.configurations.create({"features": {"subscription_update": feature}})
        assert caught.value.param == "features[subscription_update][products][0][prices][0]"


class TestWhoOwes:
    def test_is_offered_to_pay_after_the_card_was_changed(self, shop: Shop, time: Time) -> None:
        _configure(shop)
        subscription = shop.subscribe()
        bad = {"customer": str(subscription.customer)}
        method = shop.client.v1.payment_methods.attach("pm_card_chargeCustomerFail", bad)
        shop.client.v1.subscriptions.update(subscription.id, {"default_payment_method": method.id})
        time.move(days=31)
        page = _page(shop, subscription)
        shop.browser.post(f"{page}/card", data=card_form(GOOD_CARD))
        text = shop.browser.get(page).text
        invoice = _now(shop, subscription).latest_invoice
        assert "€4.99 is due" in text
        assert invoice.hosted_invoice_url in text
        shop.browser.post(f"/invoice/{invoice.id}", data={"method": "known"})
        assert "is due" not in shop.browser.get(page).text
        assert _now(shop, subscription).status == "active"
        assert "invoice.paid" in types_of(shop.client)[-4:]
