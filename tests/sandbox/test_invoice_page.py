"""An invoice's hosted page: whoever has its address may read and pay it."""

from typing import Any

import pytest

from tests.sandbox.conftest import BASE, DECLINED_CARD, SECURE_CARD, Shop, Time, card_form, types_of


@pytest.fixture
def owed(shop: Shop, time: Time) -> Any:
    """A renewal's invoice that could not be paid."""
    subscription = shop.subscribe()
    bad = shop.client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": str(subscription.customer)})
    shop.client.v1.subscriptions.update(subscription.id, {"default_payment_method": bad.id})
    time.move(days=31)
    return shop.client.v1.invoices.list({"status": "open"}).data[0]


def _page(invoice: Any) -> str:
    return str(invoice.hosted_invoice_url).removeprefix(BASE)


def _now(shop: Shop, invoice: Any) -> Any:
    return shop.client.v1.invoices.retrieve(invoice.id, {"expand": ["parent.subscription_details.subscription"]})


def _subscription(shop: Shop) -> Any:
    return shop.client.v1.subscriptions.list().data[0]


class TestAnOpenInvoice:
    def test_says_what_is_due_and_offers_the_card_that_is_known(self, shop: Shop, owed: Any) -> None:
        text = shop.browser.get(_page(owed)).text
        for wanted in ("€4.99 due", "Pay €4.99", "From Visa •••• 0341", "Pay by another card", "reader@example.org"):
            assert wanted in text

    def test_is_paid_by_another_card_and_the_subscription_is_active_again(self, shop: Shop, owed: Any) -> None:
        assert _subscription(shop).status == "past_due"
        answer = shop.browser.post(_page(owed), data=card_form("4242424242424242"))
        assert answer.location == _page(owed)
        assert (_now(shop, owed).status, _subscription(shop).status) == ("paid", "active")
        text = shop.browser.get(_page(owed)).text
        assert "Paid on 24 December 2026" in text
        assert "Pay €" not in text

    def test_leaves_the_usual_card_as_it_was_unless_the_subscription_says_else(self, shop: Shop, owed: Any) -> None:
        before = _subscription(shop).default_payment_method
        shop.browser.post(_page(owed), data=card_form("4242424242424242"))
        assert _subscription(shop).default_payment_method == before

    def test_makes_the_card_the_usual_one_where_the_subscription_says_so(self, shop: Shop, owed: Any) -> None:
        settings = {"payment_settings": {"save_default_payment_method": "on_subscription"}}
        before = shop.client.v1.subscriptions.update(_subscription(shop).id, settings).default_payment_method
        shop.browser.post(_page(owed), data=card_form("4242424242424242"))
        assert _subscription(shop).default_payment_method != before

    def test_shows_a_decline_beside_the_card_and_is_tried_again_as_planned(self, shop: Shop, owed: Any) -> None:
        answer = shop.browser.post(_page(owed), data=card_form(DECLINED_CARD))
        assert answer.status_code == 402
        assert "Your credit card was declined" in answer.text
        assert _now(shop, owed).next_payment_attempt == owed.next_payment_attempt
        assert types_of(shop.client)[-1] == "invoice.payment_failed"

    def test_shows_the_known_card_s_decline_too(self, shop: Shop, owed: Any) -> None:
        answer = shop.browser.post(_page(owed), data={"method": "known"})
        assert answer.status_code == 402
        assert _now(shop, owed).status == "open"

    def test_shows_what_is_wrong_with_a_form(self, shop: Shop, owed: Any) -> None:
        answer = shop.browser.post(_page(owed), data={**card_form("4242424242424242"), "billing_name": ""})
        assert answer.status_code == 402
        assert "Enter the name on the card." in answer.text

    def test_asks_for_authentication_where_the_card_does(self, shop: Shop, owed: Any) -> None:
        place = shop.browser.post(_page(owed), data=card_form(SECURE_CARD)).location
        assert place == f"{_page(owed)}/3ds"
        assert "pays €4.99" in shop.browser.get(place).text
        shop.browser.post(place, data={"result": "complete"})
        assert _now(shop, owed).status == "paid"

    def test_stays_open_when_authentication_fails(self, shop: Shop, owed: Any) -> None:
        place = shop.browser.post(_page(owed), data=card_form(SECURE_CARD)).location
        answer = shop.browser.post(place, data={"result": "fail"})
        assert answer.status_code == 402
        assert "unable to authenticate" in answer.text
        assert _now(shop, owed).status == "open"


class TestAnInvoiceThatIsOver:
    def test_is_not_paid_twice(self, shop: Shop, owed: Any) -> None:
        for _ in range(2):
            shop.browser.post(_page(owed), data=card_form("4242424242424242"))
        paid = [charge for charge in shop.client.v1.charges.list().data if charge.paid]
        assert len(paid) == 2, "the first period and this one"

    def test_has_a_receipt_that_tells_what_was_given_back(self, shop: Shop) -> None:
        subscription = shop.subscribe()
        invoice = shop.client.v1.invoices.retrieve(str(subscription.latest_invoice))
        charge = shop.client.v1.charges.list().data[0]
        assert charge.receipt_url in shop.browser.get(_page(invoice)).text
        shop.client.v1.refunds.create({"charge": charge.id, "amount": 100})
        receipt = shop.browser.get(charge.receipt_url.removeprefix(BASE)).text
        assert "€4.99" in receipt
        assert "€1.00" in receipt

    def test_that_is_void_asks_for_nothing(self, shop: Shop, owed: Any) -> None:
        shop.client.v1.invoices.void_invoice(owed.id)
        text = shop.browser.get(_page(owed)).text
        assert "This invoice is void" in text
        assert "<form" not in text
        assert shop.browser.post(_page(owed), data=card_form("4242424242424242")).location == _page(owed)
        assert _now(shop, owed).status == "void"

    def test_is_printed_without_a_form(self, shop: Shop, owed: Any) -> None:
        printed = shop.browser.get(str(owed.invoice_pdf).removeprefix(BASE))
        assert printed.status_code == 200
        assert "<form" not in printed.text


class TestAnAddressThatLeadsNowhere:
    @pytest.mark.parametrize("path", ["/invoice/in_none", "/invoice/in_none/3ds", "/receipts/ch_none"])
    def test_is_a_calm_404(self, shop: Shop, path: str) -> None:
        answer = shop.browser.get(path)
        assert answer.status_code == 404
        assert "There is no such" in answer.text

    def test_shows_no_draft(self, shop: Shop, time: Time) -> None:
        shop.subscribe()
        time.move(days=30)
        draft = shop.client.v1.invoices.list({"status": "draft"}).data[0]
        assert shop.browser.get(f"/invoice/{draft.id}").status_code == 404

    def test_of_a_deleted_customer_is_answered_calmly(self, shop: Shop, owed: Any) -> None:
        shop.client.v1.customers.delete(str(owed.customer))
        answer = shop.browser.post(_page(owed), data=card_form("4242424242424242"))
        assert answer.status_code in {400, 404}
        assert "No such customer" in answer.text
