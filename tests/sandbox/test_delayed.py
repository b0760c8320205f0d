"""SEPA debits: a sign-up that is completed unpaid, and what the bank's answer makes of it days later."""

from typing import Any

import pytest

from tests.sandbox.conftest import Shop, Time, page_of, types_of

GOOD_IBAN = "AT61 1904 3002 3457 3201"
BAD_IBAN = "AT861904300235473202"
DISPUTED_IBAN = "AT591904300235473203"


def _debit(iban: str) -> dict[str, str]:
    return {"method": "sepa_debit", "iban": iban, "account_name": "Jenny Rosen"}


def _sign_up(shop: Shop, iban: str = GOOD_IBAN) -> Any:
    session = shop.session(shop.customer())
    assert shop.browser.post(page_of(session), data=_debit(iban)).status_code == 303
    return shop.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "invoice"]})


def _again(shop: Shop, session: Any) -> Any:
    return shop.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "invoice"]})


class TestASignUp:
    def test_is_complete_but_unpaid_while_the_bank_is_asked(self, shop: Shop) -> None:
        session = _sign_up(shop)
        intent, charge = shop.client.v1.payment_intents.list().data[0], shop.client.v1.charges.list().data[0]
        assert (session.status, session.payment_status) == ("complete", "unpaid")
        assert (session.subscription.status, session.invoice.status) == ("active", "open")
        assert (intent.status, charge.status, charge.paid) == ("processing", "pending", False)
        assert types_of(shop.client)[-1] == "checkout.session.completed"
        assert "payment_intent.processing" in types_of(shop.client)

    def test_is_paid_when_the_debit_arrives(self, shop: Shop, time: Time) -> None:
        before = _sign_up(shop)
        time.move(days=5)
        session = _again(shop, before)
        assert (session.payment_status, session.subscription.status) == ("paid", "active")
        assert (session.invoice.status, shop.client.v1.charges.list().data[0].status) == ("paid", "succeeded")
        assert types_of(shop.client)[-1] == "checkout.session.async_payment_succeeded"

    def test_that_comes_back_is_past_due(self, shop: Shop, time: Time) -> None:
        before = _sign_up(shop, BAD_IBAN)
        time.move(days=5)
        session = _again(shop, before)
        assert (session.payment_status, session.subscription.status) == ("unpaid", "past_due")
        assert session.invoice.status == "open"
        assert types_of(shop.client)[-1] == "checkout.session.async_payment_failed"
        assert "charge.failed" in types_of(shop.client)

    def test_that_keeps_coming_back_is_given_up_only_after_the_last_answer(self, shop: Shop, time: Time) -> None:
        before = _sign_up(shop, BAD_IBAN)
        time.move(days=5 + 3 + 5 + 5 + 5 + 7)
        assert _again(shop, before).subscription.status == "past_due", "the last debit is on its way"
        time.move(days=5)
        assert _again(shop, before).subscription.status == "canceled"

    def test_renews_by_debit_and_stays_active_meanwhile(self, shop: Shop, time: Time) -> None:
        before = _sign_up(shop)
        time.move(days=31)
        renewal = shop.client.v1.invoices.list({"limit": 1}).data[0]
        assert (renewal.billing_reason, renewal.status) == ("subscription_cycle", "open")
        assert _again(shop, before).subscription.status == "active"
        time.move(days=5)
        assert shop.client.v1.invoices.retrieve(renewal.id).status == "paid"

    def test_may_be_disputed_once_it_arrived(self, shop: Shop, time: Time) -> None:
        _sign_up(shop, DISPUTED_IBAN)
        time.move(days=5)
        assert shop.client.v1.disputes.list().data[0].status == "needs_response"


class TestTheForm:
    def test_is_offered_for_euros_only(self, shop: Shop) -> None:
        assert "SEPA Direct Debit" in shop.browser.get(page_of(shop.session(shop.customer()))).text
        price = shop.client.v1.prices.create(
            {"currency": "azn", "unit_amount": 499, "product": shop.price.product, "recurring": {"interval": "month"}}
        )
        session = shop.session(shop.customer(), line_items=[{"price": price.id, "quantity": 1}])
        assert "SEPA" not in shop.browser.get(page_of(session)).text
        assert shop.browser.post(page_of(session), data=_debit(GOOD_IBAN)).status_code == 402

    @pytest.mark.parametrize(
        ("iban", "sentence"),
        [
            ("", "Enter an IBAN."),
            ("AT61 1904 3002 3457 3202", "Your IBAN is invalid."),
            ("GB33BUKB20201555555555", "This is a simulation"),
        ],
    )
    def test_says_what_is_wrong(self, shop: Shop, iban: str, sentence: str) -> None:
        answer = shop.browser.post(page_of(shop.session(shop.customer())), data=_debit(iban))
        assert answer.status_code == 402
        assert sentence in answer.text

    def test_keeps_no_account_number(self, shop: Shop) -> None:
        _sign_up(shop)
        method = shop.client.v1.payment_methods.list({"type": "sepa_debit"}).data[0]
        assert (method.sepa_debit.last4, method.sepa_debit.country) == ("3201", "AT")
        assert "3457" not in str(method)


class TestAnInvoice:
    def test_may_be_paid_by_debit_and_says_that_it_is_on_its_way(self, shop: Shop, time: Time) -> None:
        subscription = shop.subscribe()
        customer = str(subscription.customer)
        bad = shop.client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer})
        shop.client.v1.subscriptions.update(subscription.id, {"default_payment_method": bad.id})
        time.move(days=31)
        invoice = shop.client.v1.invoices.list({"status": "open"}).data[0]
        page = f"/invoice/{invoice.id}"
        assert shop.browser.post(page, data=_debit(GOOD_IBAN)).location == page
        assert "is on its way" in shop.browser.get(page).text
        time.move(days=5)
        assert shop.client.v1.invoices.retrieve(invoice.id).status == "paid"
        assert shop.client.v1.subscriptions.retrieve(subscription.id).status == "active"


class TestAnotherCurrency:
    def test_cannot_be_debited_so_the_renewal_fails(self, shop: Shop, time: Time) -> None:
        manat = {"currency": "azn", "unit_amount": 499, "product": shop.price.product}
        price = shop.client.v1.prices.create({**manat, "recurring": {"interval": "month"}})
        session = shop.session(shop.customer(), line_items=[{"price": price.id, "quantity": 1}])
        shop.pay(session)
        subscription = shop.client.v1.subscriptions.list().data[0]
        account = shop.client.v1.payment_methods.attach("pm_sepaDebit", {"customer": str(subscription.customer)})
        shop.client.v1.subscriptions.update(subscription.id, {"default_payment_method": account.id})
        time.move(days=31)
        assert shop.client.v1.subscriptions.retrieve(subscription.id).status == "past_due"
        error = shop.client.v1.payment_intents.list().data[0].last_payment_error
        assert error.code == "payment_method_currency_mismatch"


class TestAReadyMadeAccount:
    @pytest.mark.parametrize("token", ["pm_sepaDebit", "pm_success_at"])
    def test_is_attached_by_its_name(self, shop: Shop, token: str) -> None:
        customer = shop.customer()
        method = shop.client.v1.payment_methods.attach(token, {"customer": customer.id})
        assert (method.type, method.sepa_debit.last4) == ("sepa_debit", "3201")
