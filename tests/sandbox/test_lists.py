"""Lists and what may be expanded in them."""

import json
from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import Shop, Time


class TestExpanding:
    def test_goes_four_levels_deep_and_no_further(self, shop: Shop) -> None:
        subscription = shop.subscribe()
        deep = shop.client.v1.subscriptions.retrieve(
            subscription.id, {"expand": ["latest_invoice.payments.data.payment.payment_intent", "customer"]}
        )
        assert deep.latest_invoice.payments.data[0].payment.payment_intent.status == "succeeded"
        assert deep.customer.email == "reader@example.org"
        with pytest.raises(stripe.InvalidRequestError, match="more than 4 levels"):
            shop.client.v1.subscriptions.retrieve(subscription.id, {"expand": ["a.b.c.d.e"]})

    def test_reaches_into_lists_by_data(self, shop: Shop) -> None:
        shop.subscribe()
        listed = shop.client.v1.subscriptions.list({"expand": ["data.items.data.price.product"]})
        assert listed.data[0]["items"].data[0].price.product.name == "Digital"

    @pytest.mark.parametrize("path", ["email", "nothing", "metadata.x"])
    def test_refuses_what_cannot_be_expanded(self, shop: Shop, path: str) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
            shop.client.v1.customers.retrieve(shop.customer().id, {"expand": [path]})

    def test_shows_a_deleted_customer_as_deleted(self, shop: Shop) -> None:
        subscription = shop.subscribe()
        shop.client.v1.customers.delete(str(subscription.customer))
        seen = shop.client.v1.subscriptions.retrieve(subscription.id, {"expand": ["customer"]})
        assert json.loads(str(seen.customer)) == {"id": subscription.customer, "object": "customer", "deleted": True}


class TestAList:
    def test_is_newest_first_and_turned_page_by_page_in_both_directions(self, client: Any) -> None:
        made = [client.v1.customers.create({"name": str(n)}).id for n in range(5)][::-1]
        listed = client.v1.customers.list
        first = listed({"limit": 2})
        assert ([one.id for one in first.data], first.has_more) == (made[:2], True)
        last = listed({"limit": 3, "starting_after": made[1]})
        assert ([one.id for one in last.data], last.has_more) == (made[2:], False)
        back = listed({"limit": 2, "ending_before": made[3]})
        assert ([one.id for one in back.data], back.has_more) == (made[1:3], True)
        assert [one.id for one in listed({"limit": 2}).auto_paging_iter()] == made

    @pytest.mark.parametrize(
        ("params", "param"),
        [
            ({"limit": 0}, "limit"),
            ({"limit": 101}, "limit"),
            ({"starting_after": "cus_none"}, "starting_after"),
            ({"created": {"after": 1}}, "created[after]"),
        ],
    )
    def test_refuses_bounds_that_make_no_sense(self, client: Any, params: dict[str, Any], param: str) -> None:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.customers.list(params)
        assert caught.value.param == param

    def test_is_bounded_in_time(self, client: Any, time: Time) -> None:
        client.v1.customers.create({"name": "early"})
        time.move(days=1)
        client.v1.customers.create({"name": "late"})
        found = client.v1.customers.list({"created": {"gte": time.seconds}})
        assert [one.name for one in found.data] == ["late"]

    def test_leaves_out_what_was_deleted(self, client: Any) -> None:
        gone = client.v1.customers.create({"email": "a@example.org"})
        client.v1.customers.delete(gone.id)
        assert client.v1.customers.list({"email": "a@example.org"}).data == []
        assert client.v1.customers.retrieve(gone.id).deleted


class TestPrices:
    def test_are_found_by_lookup_key_and_pass_it_on(self, shop: Shop) -> None:
        key = "daily:digital:month:eur"
        params = {
            "currency": "eur",
            "unit_amount": 599,
            "product": shop.price.product,
            "recurring": {"interval": "month"},
            "lookup_key": key,
        }
        with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
            shop.client.v1.prices.create(params)
        dearer = shop.client.v1.prices.create({**params, "transfer_lookup_key": True})
        found = shop.client.v1.prices.list({"lookup_keys": [key], "active": True}).data
        assert [price.id for price in found] == [dearer.id]
        assert shop.client.v1.prices.retrieve(shop.price.id).lookup_key is None
