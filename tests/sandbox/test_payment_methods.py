"""Payment methods and customers: kept, changed, taken away, and what the card's network tells by itself."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from paywall.sandbox import Sandbox
from tests.sandbox.conftest import Shop, Time, types_of

RETURN = "http://shop.example/account"


def _card(shop: Shop, customer: Any, token: str = "pm_card_visa") -> Any:
    return shop.client.v1.payment_methods.attach(token, {"customer": customer.id})


class TestACard:
    def test_shows_brand_last_four_and_expiry(self, shop: Shop) -> None:
        method = _card(shop, shop.customer(), "pm_card_mastercard")
        assert (method.card.brand, method.card.last4, method.card.exp_year) == ("mastercard", "4444", 2031)

    def test_is_given_another_expiry_by_the_api(self, shop: Shop) -> None:
        method = _card(shop, shop.customer())
        changed = shop.client.v1.payment_methods.update(method.id, {"card": {"exp_month": 1, "exp_year": 2027}})
        assert (changed.card.exp_month, changed.card.exp_year) == (1, 2027)
        assert types_of(shop.client)[-1] == "payment_method.updated"

    def test_is_replaced_by_its_network(self, shop: Shop, sandbox: Sandbox) -> None:
        method = _card(shop, shop.customer())
        sandbox.replace_card(method.id, 5, 2033)
        replaced = shop.client.v1.payment_methods.retrieve(method.id)
        assert (replaced.card.exp_month, replaced.card.exp_year) == (5, 2033)
        assert types_of(shop.client)[-1] == "payment_method.automatically_updated"

    def test_bills_somebody_else(self, shop: Shop) -> None:
        method = _card(shop, shop.customer())
        told = {"billing_details": {"name": "Leyla", "address": {"country": "AZ"}}}
        changed = shop.client.v1.payment_methods.update(method.id, told)
        assert (changed.billing_details.name, changed.billing_details.address.country) == ("Leyla", "AZ")

    def test_with_an_impossible_month_is_refused_by_name(self, shop: Shop) -> None:
        method = _card(shop, shop.customer())
        with pytest.raises(stripe.InvalidRequestError) as caught:
            shop.client.v1.payment_methods.update(method.id, {"card": {"exp_month": 13}})
        assert caught.value.param == "card[exp_month]"

    def test_that_has_expired_is_not_attached(self, shop: Shop) -> None:
        with pytest.raises(stripe.CardError) as caught:
            _card(shop, shop.customer(), "pm_card_chargeDeclinedExpiredCard")
        assert caught.value.code == "expired_card"


class TestACustomersMethods:
    def test_are_listed_by_kind(self, shop: Shop) -> None:
        customer, other = shop.customer(), shop.customer()
        card, account = _card(shop, customer), _card(shop, customer, "pm_sepaDebit")
        _card(shop, other)
        listed = shop.client.v1.customers.payment_methods.list
        assert [one.id for one in listed(customer.id).data] == [account.id, card.id]
        assert [one.id for one in listed(customer.id, {"type": "card"}).data] == [card.id]

    def test_are_taken_away_with_the_places_where_they_were_the_usual_one(self, shop: Shop) -> None:
        subscription = shop.subscribe()
        method = str(subscription.default_payment_method)
        customer = str(subscription.customer)
        shop.client.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": method}})
        assert shop.client.v1.payment_methods.detach(method).customer is None
        assert shop.client.v1.subscriptions.retrieve(subscription.id).default_payment_method is None
        settings = shop.client.v1.customers.retrieve(customer).invoice_settings
        assert settings.default_payment_method is None
        assert types_of(shop.client)[-1] == "payment_method.detached"

    def test_of_another_customer_cannot_be_taken(self, shop: Shop) -> None:
        method = _card(shop, shop.customer())
        with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
            shop.client.v1.payment_methods.attach(method.id, {"customer": shop.customer().id})


class TestACustomer:
    def test_is_changed_field_by_field(self, shop: Shop) -> None:
        customer = shop.customer()
        update = shop.client.v1.customers.update
        update(customer.id, {"name": "Leyla", "address": {"city": "Baku", "country": "AZ"}, "metadata": {"a": "1"}})
        changed = update(
            customer.id, {"email": "new@example.org", "address": {"city": "Ganja"}, "metadata": {"b": "2"}}
        )
        assert (changed.name, changed.email) == ("Leyla", "new@example.org")
        assert (changed.address.city, changed.address.country) == ("Ganja", "AZ")
        assert changed.metadata.to_dict() == {"a": "1", "b": "2"}
        assert types_of(shop.client)[-1] == "customer.updated"


class TestADeletedCustomer:
    def test_ends_every_living_subscription_first(self, shop: Shop) -> None:
        subscription = shop.subscribe()
        gone = shop.client.v1.customers.delete(str(subscription.customer))
        assert (gone.deleted, gone.object) == (True, "customer")
        assert shop.client.v1.subscriptions.retrieve(subscription.id).status == "canceled"
        assert types_of(shop.client)[-2:] == ["customer.subscription.deleted", "customer.deleted"]

    def test_is_retrieved_as_a_stub(self, shop: Shop) -> None:
        customer = shop.customer()
        shop.client.v1.customers.delete(customer.id)
        assert shop.client.v1.customers.retrieve(customer.id).deleted
        assert shop.client.v1.customers.list().data == []

    def test_cannot_be_used_any_more(self, shop: Shop) -> None:
        shop.client.v1.billing_portal.configurations.create({"features": {"invoice_history": {"enabled": True}}})
        customer = shop.customer()
        shop.client.v1.customers.delete(customer.id)
        uses: list[Callable[[], object]] = [
            lambda: shop.session(customer),
            lambda: _card(shop, customer),
            lambda: shop.client.v1.customers.update(customer.id, {"name": "Leyla"}),
            lambda: shop.client.v1.customers.delete(customer.id),
            lambda: shop.client.v1.billing_portal.sessions.create({"customer": customer.id, "return_url": RETURN}),
        ]
        for use in uses:
            with pytest.raises(stripe.InvalidRequestError, match="No such customer") as caught:
                use()
            assert caught.value.code == "resource_missing"

    def test_is_charged_nothing_afterwards(self, shop: Shop, time: Time) -> None:
        subscription = shop.subscribe()
        shop.client.v1.customers.delete(str(subscription.customer))
        time.move(days=40)
        assert len(shop.client.v1.charges.list().data) == 1

    def test_whose_renewal_waited_as_a_draft_is_left_alone(self, shop: Shop, time: Time) -> None:
        subscription = shop.subscribe()
        time.move(days=30)
        shop.client.v1.customers.delete(str(subscription.customer))
        time.move(days=2)
        assert [one.status for one in shop.client.v1.invoices.list().data] == ["draft", "paid"]

    def test_may_still_be_refunded_and_disputed(self, shop: Shop, sandbox: Sandbox) -> None:
        subscription = shop.subscribe()
        shop.client.v1.customers.delete(str(subscription.customer))
        charge = shop.client.v1.charges.list().data[0]
        sandbox.open_dispute(charge.id, inquiry=True)
        assert shop.client.v1.refunds.create({"charge": charge.id}).status == "succeeded"

    def test_whose_debit_was_on_its_way_is_paid_for_all_the_same(self, shop: Shop, time: Time) -> None:
        customer = shop.customer()
        session = shop.session(customer)
        told = {"method": "sepa_debit", "iban": "AT611904300234573201", "account_name": "Leyla"}
        shop.browser.post(session.url.partition("/sandbox")[2], data=told)
        shop.client.v1.customers.delete(customer.id)
        time.move(days=6)
        assert shop.client.v1.charges.list().data[0].status == "succeeded"
