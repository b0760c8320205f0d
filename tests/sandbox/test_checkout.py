"""Checkout: from the session to the subscription, and the ways it does not get there."""

import pytest
import stripe
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from paywall.sandbox import Sandbox
from tests.sandbox.conftest import (
    CANCEL_URL,
    DECLINED_CARD,
    POOR_CARD,
    SECURE_CARD,
    Shop,
    Time,
    card_form,
    page_of,
    types_of,
)


class TestAReaderWhoPays:
    def test_is_sent_back_with_the_sessions_id_and_has_an_active_subscription(self, shop: Shop) -> None:
        session = shop.session(shop.customer(), metadata={"a": "1"}, subscription_data={"metadata": {"reader": "r1"}})
        answer = shop.pay(session)
        assert answer.status_code == 303
        assert answer.location == f"http://shop.example/welcome?session_id={session.id}"
        done = shop.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "line_items"]})
        assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
        assert done.subscription.status == "active"
        assert done.subscription.metadata.to_dict() == {"reader": "r1"}
        assert done.subscription["items"].data[0].price.lookup_key == "daily:digital:month:eur"
        assert done.line_items.data[0].amount_total == 499
        assert done.customer_details.name == "Leyla Aliyeva"

    def test_causes_the_events_of_a_sign_up_all_in_one_second(self, shop: Shop) -> None:
        shop.pay(shop.session(shop.customer()))
        events = shop.client.v1.events.list({"limit": 100}).data[::-1]
        assert [event.type for event in events][3:] == [
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
            "payment_method.attached",
            "invoice.created",
            "customer.subscription.created",
            "customer.updated",
            "invoice.finalized",
            "invoice_payment.paid",
            "customer.subscription.updated",
            "invoice.paid",
            "invoice.payment_succeeded",
            "checkout.session.completed",
        ]
        assert len({event.created for event in events}) == 1

    def test_has_a_paid_invoice_with_its_payment_charge_and_period(self, shop: Shop, time: Time) -> None:
        subscription = shop.subscribe()
        invoice = shop.client.v1.invoices.retrieve(
            str(subscription.latest_invoice), {"expand": ["payments.data.payment.payment_intent.latest_charge"]}
        )
        assert (invoice.status, invoice.amount_paid, invoice.amount_remaining) == ("paid", 499, 0)
        assert invoice.parent.subscription_details.subscription == subscription.id
        charge = invoice.payments.data[0].payment.payment_intent.latest_charge
        assert (charge.amount, charge.paid, charge.payment_method_details.card.last4) == (499, True, "4242")
        item = subscription["items"].data[0]
        assert invoice.lines.data[0].period.end == item.current_period_end
        assert (item.current_period_start, item.current_period_end) == (time.seconds, time.seconds + 30 * 86_400)

    def test_who_presses_the_button_twice_pays_once(self, shop: Shop) -> None:
        session = shop.session(shop.customer())
        assert [shop.pay(session).status_code, shop.pay(session).status_code] == [303, 303]
        assert len(shop.client.v1.subscriptions.list({"status": "all"}).data) == 1
        assert len(shop.client.v1.charges.list().data) == 1

    def test_leaves_no_card_number_behind(self, shop: Shop, tmp_path: object) -> None:
        shop.pay(shop.session(shop.customer()))
        kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())  # type: ignore[attr-defined]
        assert b"4242424242424242" not in kept
        assert b'"last4": "4242"' in kept


class TestACardThatDoesNotPay:
    @pytest.mark.parametrize(
        ("number", "sentence"),
        [
            (DECLINED_CARD, "Your credit card was declined. Try paying with a debit card instead."),
            (POOR_CARD, "Your card has insufficient funds. Try a different card."),
            ("4000000000000341", "Your credit card was declined."),
            ("4111111111111111", "Your request was in test mode, but used a non test card."),
        ],
    )
    def test_shows_a_sentence_beside_the_field_and_leaves_the_session_open(
        self, shop: Shop, number: str, sentence: str
    ) -> None:
        session = shop.session(shop.customer())
        answer = shop.pay(session, number)
        assert answer.status_code == 402
        assert sentence in answer.text
        assert number not in answer.text
        assert shop.client.v1.checkout.sessions.retrieve(session.id).status == "open"
        assert not shop.client.v1.subscriptions.list({"status": "all"}).data
        assert types_of(shop.client)[-2:] == ["charge.failed", "payment_intent.payment_failed"]

    def test_can_be_replaced_by_one_that_does(self, shop: Shop) -> None:
        session = shop.session(shop.customer())
        shop.pay(session, DECLINED_CARD)
        assert shop.pay(session).status_code == 303
        assert len(shop.client.v1.payment_intents.list().data) == 1

    @pytest.mark.parametrize(
        ("field", "typed", "sentence"),
        [
            ("card_number", "4242", "Your card number is incomplete."),
            ("card_number", "", "Your card number is incomplete."),
            ("card_number", "4242424242424241", "Your card number is invalid."),
            ("card_number", "4242 4242 4242 424x", "Your card number is invalid."),
            ("card_number", "４２４２４２４２４２４２４２４２", "Your card number is invalid."),
            ("card_expiry", "", "Your card&#39;s expiration date is incomplete."),
            ("card_expiry", "13/30", "Your card&#39;s expiration date is invalid."),
            ("card_expiry", "12/20", "Your card&#39;s expiration year is in the past."),
            ("card_expiry", "10/26", "Your card&#39;s expiration date is in the past."),
            ("card_cvc", "12", "Your card&#39;s security code is incomplete."),
            ("billing_name", "", "Enter the name on the card."),
            ("billing_country", "Atlantis", "Choose a country."),
        ],
    )
    def test_is_told_what_to_correct_before_anything_is_tried(
        self, shop: Shop, field: str, typed: str, sentence: str
    ) -> None:
        session = shop.session(shop.customer())
        answer = shop.pay(session, **{field: typed})
        assert answer.status_code == 402
        assert f'<p class="error" id="{field}-error" role="alert">{sentence}</p>' in answer.text
        assert not shop.client.v1.payment_intents.list().data


class TestACardThatAsksForThreeDSecure:
    def test_pays_after_the_bank_was_convinced(self, shop: Shop) -> None:
        session = shop.session(shop.customer())
        answer = shop.pay(session, SECURE_CARD)
        assert answer.location == f"{page_of(session)}/3ds"
        assert "3-D Secure" in shop.browser.get(answer.location).text
        done = shop.browser.post(answer.location, data={"result": "complete"})
        assert done.location == f"http://shop.example/welcome?session_id={session.id}"
        paid = shop.client.v1.charges.list().data[0]
        assert paid.payment_method_details.card.three_d_secure.result == "authenticated"

    def test_that_fails_goes_back_to_the_page_with_a_sentence(self, shop: Shop) -> None:
        session = shop.session(shop.customer())
        place = shop.pay(session, SECURE_CARD).location
        answer = shop.browser.post(place, data={"result": "fail"})
        assert "We are unable to authenticate your payment method." in answer.text
        assert shop.client.v1.checkout.sessions.retrieve(session.id).status == "open"

    def test_whose_tab_is_closed_leaves_everything_unpaid(self, shop: Shop) -> None:
        session = shop.session(shop.customer())
        shop.pay(session, SECURE_CARD)
        assert shop.client.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"
        assert not shop.client.v1.subscriptions.list({"status": "all"}).data


class TestASession:
    def test_expires_after_a_day(self, shop: Shop, time: Time) -> None:
        session = shop.session(shop.customer())
        time.move(hours=24)
        assert shop.client.v1.checkout.sessions.retrieve(session.id).status == "expired"
        assert types_of(shop.client)[-1] == "checkout.session.expired"
        page = shop.browser.get(page_of(session))
        assert page.status_code == 410
        assert f'href="{CANCEL_URL}"' in page.text

    def test_can_be_expired_once_and_is_then_paid_by_nobody(self, shop: Shop) -> None:
        session = shop.session(shop.customer())
        shop.client.v1.checkout.sessions.expire(session.id)
        assert shop.pay(session).status_code == 410
        with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
            shop.client.v1.checkout.sessions.expire(session.id)

    def test_is_listed_by_customer_status_and_subscription(self, shop: Shop) -> None:
        subscription = shop.subscribe()
        waiting = shop.session(shop.customer("other@example.org"))
        listed = shop.client.v1.checkout.sessions.list
        assert [one.id for one in listed({"status": "open"}).data] == [waiting.id]
        assert [one.id for one in listed({"customer": str(waiting.customer)}).data] == [waiting.id]
        assert listed({"subscription": subscription.id}).data[0].status == "complete"

    def test_says_on_its_page_that_it_is_a_simulation_and_which_card_to_use(self, shop: Shop) -> None:
        page = shop.browser.get(page_of(shop.session(shop.customer())))
        for wanted in ("Simulation.", "4242 4242 4242 4242", "€4.99 / month", f'href="{CANCEL_URL}"'):
            assert wanted in page.text
        assert "<script" not in page.text
        assert "style=" not in page.text
        assert shop.browser.get("/sandbox.css").mimetype == "text/css"

    def test_without_a_customer_makes_one_when_it_is_paid(self, shop: Shop) -> None:
        session = shop.client.v1.checkout.sessions.create(
            {
                "mode": "subscription",
                "customer_email": "new@example.org",
                "line_items": [{"price": shop.price.id, "quantity": 1}],
                "success_url": "http://shop.example/",
            }
        )
        assert shop.pay(session).status_code == 303
        done = shop.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["customer"]})
        assert done.customer.email == "new@example.org"


class TestMountedUnderAPrefix:
    def test_its_pages_link_and_redirect_within_it(self, sandbox: Sandbox, shop: Shop) -> None:
        nowhere = DispatcherMiddleware(lambda _environ, _start: [b""], {"/sandbox": sandbox.wsgi})
        browser = Client(nowhere)
        session = shop.session(shop.customer())
        page = browser.get(session.url)
        assert 'href="/sandbox/sandbox.css"' in page.text
        answer = browser.post(session.url, data=card_form(SECURE_CARD))
        assert answer.location == f"/sandbox/checkout/{session.id}/3ds"
        assert browser.get(answer.location).status_code == 200
