"""Test clocks: customers whose time is moved by hand, and business time left where it is."""

from datetime import timedelta
from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import Shop, Time, types_of

DAY = 86_400
MONTH = 31 * DAY + 7200


@pytest.fixture
def clocks(client: Any) -> Any:
    return client.v1.test_helpers.test_clocks


@pytest.fixture
def clock(clocks: Any, time: Time) -> Any:
    return clocks.create({"frozen_time": time.seconds - 200 * DAY, "name": "A year"})


def customer_of(shop: Shop, clock: Any) -> Any:
    return shop.client.v1.customers.create({"email": "reader@example.org", "test_clock": clock.id})


def subscribe(shop: Shop, clock: Any, card: str = "pm_card_visa") -> Any:
    stripe_ = shop.client.v1
    customer = customer_of(shop, clock)
    method = stripe_.payment_methods.attach(card, {"customer": customer.id})
    stripe_.customers.update(customer.id, {"invoice_settings": {"default_payment_method": method.id}})
    return stripe_.subscriptions.create({"customer": customer.id, "items": [{"price": shop.price.id}]})


class TestAnAdvance:
    def test_is_begun_by_the_call_and_done_before_the_next(self, clocks: Any, clock: Any, client: Any) -> None:
        target = clock.frozen_time + DAY
        moving = clocks.advance(clock.id, {"frozen_time": target})
        assert (moving.status, moving.frozen_time) == ("advancing", clock.frozen_time)
        assert moving.status_details.advancing.target_frozen_time == target
        done = clocks.retrieve(clock.id)
        assert (done.status, done.frozen_time, done.name) == ("ready", target, "A year")
        assert types_of(client) == [
            "test_helpers.test_clock.created",
            "test_helpers.test_clock.advancing",
            "test_helpers.test_clock.ready",
        ]

    @pytest.mark.parametrize("by", [0, -DAY])
    def test_only_goes_forward(self, clocks: Any, clock: Any, by: int) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="after") as refused:
            clocks.advance(clock.id, {"frozen_time": clock.frozen_time + by})
        assert refused.value.param == "frozen_time"

    def test_goes_two_intervals_of_the_shortest_subscription_at_once(self, shop: Shop, clocks: Any, clock: Any) -> None:
        subscribe(shop, clock)
        with pytest.raises(stripe.InvalidRequestError, match="two intervals"):
            clocks.advance(clock.id, {"frozen_time": clock.frozen_time + 63 * DAY})
        assert clocks.advance(clock.id, {"frozen_time": clock.frozen_time + 59 * DAY}).status == "advancing"

    def test_goes_two_years_without_a_subscription(self, clocks: Any, clock: Any) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="two years"):
            clocks.advance(clock.id, {"frozen_time": clock.frozen_time + 732 * DAY})
        assert clocks.advance(clock.id, {"frozen_time": clock.frozen_time + 729 * DAY}).status == "advancing"


class TestWhatLivesByAClock:
    def test_is_dated_by_it_and_says_so(self, shop: Shop, clock: Any) -> None:
        subscription = subscribe(shop, clock)
        invoice = shop.client.v1.invoices.retrieve(str(subscription.latest_invoice))
        charge = shop.client.v1.charges.list().data[0]
        assert {each.created for each in (subscription, invoice, charge)} == {clock.frozen_time}
        customer = shop.client.v1.customers.retrieve(str(subscription.customer))
        assert {each.test_clock for each in (subscription, invoice, customer)} == {clock.id}

    def test_bought_on_the_page_too(self, shop: Shop, clock: Any) -> None:
        session = shop.session(customer_of(shop, clock))
        assert session.created == clock.frozen_time
        assert shop.pay(session).status_code == 303
        done = shop.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
        assert done.subscription.start_date == clock.frozen_time

    def test_renews_at_its_own_second_when_the_clock_is_moved(self, shop: Shop, clocks: Any, clock: Any) -> None:
        subscription = subscribe(shop, clock)
        first_end = subscription["items"].data[0].current_period_end
        for months in (1, 2, 3):
            clocks.advance(clock.id, {"frozen_time": clock.frozen_time + months * MONTH})
        invoices = shop.client.v1.invoices.list({"subscription": subscription.id}).data
        assert [one.status for one in invoices] == ["paid"] * 4
        assert invoices[2].created == first_end
        assert invoices[2].status_transitions.paid_at == first_end + 3600

    def test_is_tried_again_and_given_up_by_it(self, shop: Shop, clocks: Any, clock: Any) -> None:
        subscription = subscribe(shop, clock)
        stripe_ = shop.client.v1
        method = stripe_.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": subscription.customer})
        stripe_.subscriptions.update(subscription.id, {"default_payment_method": method.id})
        clocks.advance(clock.id, {"frozen_time": clock.frozen_time + MONTH})
        assert stripe_.subscriptions.retrieve(subscription.id).status == "past_due"
        clocks.advance(clock.id, {"frozen_time": clock.frozen_time + MONTH + 28 * DAY})
        assert stripe_.subscriptions.retrieve(subscription.id).status == "canceled"

    def test_stands_still_while_business_time_goes_on(self, shop: Shop, clock: Any, time: Time) -> None:
        mine, other = subscribe(shop, clock), shop.subscribe()
        time.move(days=25)
        time.move(days=10)
        list_ = shop.client.v1.invoices.list
        assert len(list_({"subscription": mine.id}).data) == 1
        assert len(list_({"subscription": other.id}).data) == 2

    def test_has_its_events_dated_by_business_time_so_that_they_are_found(
        self, shop: Shop, clocks: Any, clock: Any, time: Time
    ) -> None:
        subscribe(shop, clock)
        time.move(days=3)
        clocks.advance(clock.id, {"frozen_time": clock.frozen_time + MONTH})
        events = shop.client.v1.events.list({"limit": 100, "created": {"gte": time.seconds}}).data
        assert "customer.subscription.updated" in {event.type for event in events}


class TestADeletedClock:
    def test_takes_its_customers_and_their_subscriptions_with_it(self, shop: Shop, clocks: Any, clock: Any) -> None:
        subscription, other = subscribe(shop, clock), shop.subscribe()
        assert clocks.delete(clock.id).deleted
        retrieve = shop.client.v1.subscriptions.retrieve
        assert [retrieve(one.id).status for one in (subscription, other)] == ["canceled", "active"]
        assert shop.client.v1.customers.retrieve(str(subscription.customer)).deleted
        assert types_of(shop.client)[-1] == "test_helpers.test_clock.deleted"
        assert clocks.list().data == []

    def test_is_forgotten_after_thirty_days_of_business_time(self, clocks: Any, time: Time) -> None:
        clocks.create({"frozen_time": 0})
        time.move(days=30)
        assert clocks.list().data == []

    def test_is_no_clock_for_a_new_customer(self, shop: Shop, clocks: Any, clock: Any) -> None:
        clocks.delete(clock.id)
        with pytest.raises(stripe.InvalidRequestError, match=r"No such .*clock") as refused:
            customer_of(shop, clock)
        assert refused.value.param == "test_clock"


class TestAFileOfAnEarlierVersion:
    def test_gets_the_columns_it_lacks(self, shop: Shop, sandbox: Any, time: Time) -> None:
        shop.subscribe()
        with sandbox.store.transaction(write=True):
            sandbox.store.execute("DROP INDEX objects_turns")
            sandbox.store.execute("ALTER TABLE objects DROP COLUMN clock")
            sandbox.store.execute("ALTER TABLE deliveries DROP COLUMN last_status")
        sandbox.store.close()
        time.at += timedelta(days=40)
        assert len(shop.client.v1.invoices.list().data) == 2
