"""The billing portal: what a customer sees and does on its page."""

from typing import Any

import pytest
import stripe

from paywall.sandbox import Sandbox
from tests.sandbox.conftest import (
    DECLINED_CARD,
    DECLINED_LATER_CARD,
    Shop,
    Time,
    card_form,
    page_of,
    types_of,
)

RETURN_URL = "http://shop.example/account"
FEATURES = {
    "payment_method_update": {"enabled": True},
    "subscription_cancel": {
        "enabled": True,
        "mode": "at_period_end",
        "cancellation_reason": {"enabled": True, "options": ["too_expensive", "other"]},
    },
    "invoice_history": {"enabled": True},
}


@pytest.fixture
def subscription(shop: Shop) -> Any:
    shop.client.v1.billing_portal.configurations.create({"features": FEATURES})
    return shop.subscribe()


@pytest.fixture
def page(shop: Shop, subscription: Any) -> str:
    session = shop.client.v1.billing_portal.sessions.create(
        {"customer": str(subscription.customer), "return_url": RETURN_URL}
    )
    return page_of(session)


class TestACustomer:
    def test_sees_subscription_card_invoices_and_the_way_back(self, shop: Shop, page: str) -> None:
        answer = shop.browser.get(page)
        for wanted in ("€4.99 / month", "Renews on 23 December 2026", "Visa •••• 4242", "Paid", RETURN_URL):
            assert wanted in answer.text

    def test_cancels_at_period_end_by_a_date_and_not_by_the_flag(
        self, shop: Shop, subscription: Any, page: str
    ) -> None:
        asked = shop.browser.get(f"{page}/cancel/{subscription.id}")
        assert "It stays yours until 23 December 2026" in asked.text
        told = {"reason": "too_expensive", "comment": "I read the paper at work."}
        answer = shop.browser.post(f"{page}/cancel/{subscription.id}", data=told)
        assert answer.location == page
        cancelled = shop.client.v1.subscriptions.retrieve(subscription.id)
        assert cancelled.cancel_at == subscription["items"].data[0].current_period_end
        assert cancelled.cancel_at_period_end is False
        details = cancelled.cancellation_details
        assert (details.feedback, details.comment) == ("too_expensive", "I read the paper at work.")
        assert "Cancels on 23 December 2026" in shop.browser.get(page).text

    def test_cancels_by_the_flag_where_the_account_is_older(
        self, shop: Shop, sandbox: Sandbox, subscription: Any, page: str
    ) -> None:
        sandbox.let_portal_cancel_by("flag")
        shop.browser.post(f"{page}/cancel/{subscription.id}", data={"reason": "unused"})
        cancelled = shop.client.v1.subscriptions.retrieve(subscription.id)
        assert cancelled.cancel_at_period_end is True
        assert cancelled.cancellation_details.feedback is None, "the configuration does not offer this reason"

    def test_takes_the_cancellation_back(self, shop: Shop, subscription: Any, page: str) -> None:
        shop.browser.post(f"{page}/cancel/{subscription.id}")
        shop.browser.post(f"{page}/resume/{subscription.id}")
        resumed = shop.client.v1.subscriptions.retrieve(subscription.id)
        assert (resumed.cancel_at, resumed.canceled_at) == (None, None)

    def test_takes_back_a_cancellation_made_by_api(self, shop: Shop, subscription: Any, page: str) -> None:
        shop.client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
        shop.browser.post(f"{page}/resume/{subscription.id}")
        resumed = shop.client.v1.subscriptions.retrieve(subscription.id)
        assert (resumed.cancel_at, resumed.cancel_at_period_end) == (None, False)

    def test_changes_the_card_that_is_charged(self, shop: Shop, subscription: Any, page: str) -> None:
        assert shop.browser.post(f"{page}/card", data=card_form(DECLINED_LATER_CARD)).location == page
        changed = shop.client.v1.subscriptions.retrieve(subscription.id, {"expand": ["default_payment_method"]})
        assert changed.default_payment_method.card.last4 == "0341"
        assert types_of(shop.client)[-5:] == [
            "setup_intent.created",
            "payment_method.attached",
            "setup_intent.succeeded",
            "customer.updated",
            "customer.subscription.updated",
        ]

    def test_whose_new_card_is_refused_keeps_the_old_one(self, shop: Shop, subscription: Any, page: str) -> None:
        answer = shop.browser.post(f"{page}/card", data=card_form(DECLINED_CARD))
        assert answer.status_code == 402
        assert "Your card was declined." in answer.text
        kept = shop.client.v1.subscriptions.retrieve(subscription.id)
        assert kept.default_payment_method == subscription.default_payment_method

    def test_reaches_nothing_of_another_customer(self, shop: Shop, page: str) -> None:
        other = shop.subscribe()
        assert shop.browser.post(f"{page}/cancel/{other.id}").status_code == 404
        assert shop.browser.get(f"{page}/invoice/{other.latest_invoice}").status_code == 404
        assert shop.client.v1.subscriptions.retrieve(other.id).cancel_at is None

    def test_reads_an_invoice(self, shop: Shop, subscription: Any, page: str) -> None:
        answer = shop.browser.get(f"{page}/invoice/{subscription.latest_invoice}", follow_redirects=True)
        assert "1 × Digital (at €4.99 / month)" in answer.text


class TestASession:
    def test_is_dead_after_an_hour(self, shop: Shop, page: str, time: Time) -> None:
        time.move(hours=1)
        answer = shop.browser.get(page)
        assert answer.status_code == 410
        assert RETURN_URL in answer.text

    def test_needs_a_configuration(self, shop: Shop) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="save your customer portal settings"):
            shop.client.v1.billing_portal.sessions.create({"customer": shop.customer().id})

    @pytest.mark.parametrize("path", ["/portal/bps_none", "/checkout/cs_none", "/nothing", "/invoice/in_none"])
    def test_that_does_not_exist_is_a_calm_404(self, shop: Shop, path: str) -> None:
        answer = shop.browser.get(path)
        assert answer.status_code == 404
        assert "There is no such" in answer.text


class TestAConfiguration:
    def test_is_changed_field_by_field(self, shop: Shop) -> None:
        made = shop.client.v1.billing_portal.configurations.create({"features": FEATURES})
        assert made.is_default
        changed = shop.client.v1.billing_portal.configurations.update(
            made.id, {"features": {"subscription_cancel": {"mode": "immediately"}}}
        )
        assert changed.features.subscription_cancel.enabled
        assert changed.features.subscription_cancel.mode == "immediately"
        assert shop.client.v1.billing_portal.configurations.list({"is_default": True}).data[0].id == made.id

    def test_may_switch_everything_off(self, shop: Shop) -> None:
        shop.client.v1.billing_portal.configurations.create({"features": {"invoice_history": {"enabled": False}}})
        subscription = shop.subscribe()
        session = shop.client.v1.billing_portal.sessions.create({"customer": str(subscription.customer)})
        page = page_of(session)
        text = shop.browser.get(page).text
        assert "Cancel subscription" not in text
        assert "Invoices" not in text
        assert shop.browser.post(f"{page}/cancel/{subscription.id}").status_code == 404
        assert shop.browser.post(f"{page}/card", data=card_form("4242424242424242")).status_code == 403
