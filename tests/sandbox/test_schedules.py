"""Subscription schedules: phases that follow on one another by themselves."""

from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import Shop, Time, types_of
from tests.sandbox.test_lifecycle import subscribe_by_api
from tests.sandbox.test_proration import item_of, price


def scheduled(shop: Shop, subscription: Any) -> Any:
    return shop.client.v1.subscription_schedules.create({"from_subscription": subscription.id})


def present(schedule: Any) -> dict[str, Any]:
    phase = schedule.phases[0]
    rows = [{"price": row.price, "quantity": row.quantity} for row in phase["items"]]
    return {"items": rows, "start_date": phase.start_date, "end_date": phase.end_date}


def coming(to: Any, interval: str = "month") -> dict[str, Any]:
    return {"items": [{"price": to.id, "quantity": 1}], "duration": {"interval": interval}}


def then(shop: Shop, schedule: Any, to: Any, *, interval: str = "month", **more: Any) -> Any:
    """Let the schedule go over to a price at the end of the present phase."""
    return shop.client.v1.subscription_schedules.update(
        schedule.id,
        {
            "end_behavior": "release",
            "proration_behavior": "none",
            "phases": [present(schedule), {**coming(to, interval), **more}],
        },
    )


def now(shop: Shop, subscription: Any) -> Any:
    return shop.client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})


class TestASchedule:
    def test_made_from_a_subscription_is_its_present_period(self, shop: Shop) -> None:
        subscription = subscribe_by_api(shop)
        made = scheduled(shop, subscription)
        item = item_of(subscription)
        assert (made.status, made.subscription, made.end_behavior) == ("active", subscription.id, "release")
        assert (made.current_phase.start_date, made.current_phase.end_date) == (
            item.current_period_start,
            item.current_period_end,
        )
        assert now(shop, subscription).schedule == made.id
        assert "subscription_schedule.created" in types_of(shop.client)
        assert shop.client.v1.subscription_schedules.list().data[0].id == made.id

    def test_is_one_for_each_subscription(self, shop: Shop) -> None:
        subscription = subscribe_by_api(shop)
        scheduled(shop, subscription)
        with pytest.raises(stripe.InvalidRequestError, match="already attached"):
            scheduled(shop, subscription)

    def test_changes_the_price_at_its_boundary_without_proration(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop, items=[{"price": price(shop, 1499).id}])
        planned = then(shop, scheduled(shop, subscription), shop.price)
        assert [phase["items"][0].price for phase in planned.phases][1] == shop.price.id
        assert item_of(now(shop, subscription)).price.unit_amount == 1499
        time.move(days=30, hours=1)
        renewed = now(shop, subscription)
        assert (item_of(renewed).price.unit_amount, item_of(renewed).id) == (499, item_of(subscription).id)
        assert (renewed.latest_invoice.amount_paid, len(renewed.latest_invoice.lines.data)) == (499, 1)
        assert len(shop.client.v1.invoices.list().data) == 2

    def test_changes_to_a_year_at_its_boundary(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        then(shop, scheduled(shop, subscription), price(shop, 4900, "year"), interval="year")
        time.move(days=30, hours=1)
        renewed = now(shop, subscription)
        assert renewed.billing_cycle_anchor == item_of(subscription).current_period_end
        assert item_of(renewed).current_period_end - item_of(renewed).current_period_start == 365 * 86_400
        assert renewed.latest_invoice.amount_paid == 4900

    def test_lets_the_subscription_go_after_its_last_phase(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        schedule = then(shop, scheduled(shop, subscription), price(shop, 299))
        time.move(days=62)
        released = shop.client.v1.subscription_schedules.retrieve(schedule.id)
        assert (released.status, released.released_subscription) == ("released", subscription.id)
        assert (now(shop, subscription).schedule, now(shop, subscription).status) == (None, "active")
        assert now(shop, subscription).latest_invoice.total == 299
        assert "subscription_schedule.released" in types_of(shop.client)

    def test_cancels_after_its_last_phase_if_it_says_so(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        schedule = scheduled(shop, subscription)
        shop.client.v1.subscription_schedules.update(schedule.id, {"end_behavior": "cancel"})
        time.move(days=30)
        assert now(shop, subscription).status == "canceled"
        assert shop.client.v1.subscription_schedules.retrieve(schedule.id).status == "completed"
        assert len(shop.client.v1.invoices.list().data) == 1

    @pytest.mark.parametrize(("named", "total"), [(True, 149), (False, 299)])
    def test_keeps_only_the_discounts_its_phases_name(self, shop: Shop, time: Time, *, named: bool, total: int) -> None:
        half = shop.client.v1.coupons.create({"percent_off": 50, "duration": "forever"})
        subscription = subscribe_by_api(shop, discounts=[{"coupon": half.id}])
        schedule = scheduled(shop, subscription)
        kept = {"discounts": [{"discount": subscription.discounts[0]}]} if named else {}
        phases = [{**present(schedule), **kept}, {**coming(price(shop, 299)), **kept}]
        shop.client.v1.subscription_schedules.update(schedule.id, {"phases": phases})
        time.move(days=30, hours=1)
        assert now(shop, subscription).latest_invoice.amount_paid == total

    def test_is_released_before_its_change_happens(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        schedule = then(shop, scheduled(shop, subscription), price(shop, 299))
        assert shop.client.v1.subscription_schedules.release(schedule.id).status == "released"
        assert now(shop, subscription).schedule is None
        time.move(days=31)
        assert now(shop, subscription).latest_invoice.total == 499
        with pytest.raises(stripe.InvalidRequestError, match="`released` status"):
            shop.client.v1.subscription_schedules.release(schedule.id)

    def test_is_cancelled_with_its_subscription(self, shop: Shop) -> None:
        subscription = subscribe_by_api(shop)
        schedule = scheduled(shop, subscription)
        assert shop.client.v1.subscription_schedules.cancel(schedule.id).status == "canceled"
        assert now(shop, subscription).status == "canceled"
        assert "subscription_schedule.canceled" in types_of(shop.client)

    def test_ends_when_its_subscription_is_cancelled(self, shop: Shop) -> None:
        subscription = subscribe_by_api(shop)
        schedule = scheduled(shop, subscription)
        shop.client.v1.subscriptions.cancel(subscription.id)
        assert shop.client.v1.subscription_schedules.retrieve(schedule.id).status == "canceled"

    def test_of_a_trial_changes_the_price_as_the_trial_ends(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop, trial_period_days=14)
        then(shop, scheduled(shop, subscription), price(shop, 299))
        time.move(days=14, hours=1)
        assert now(shop, subscription).latest_invoice.amount_paid == 299

    def test_is_seen_by_the_preview_of_the_next_invoice(self, shop: Shop) -> None:
        subscription = subscribe_by_api(shop)
        then(shop, scheduled(shop, subscription), price(shop, 299))
        assert shop.client.v1.invoices.create_preview({"subscription": subscription.id}).total == 299


class TestPhases:
    def test_may_change_the_present_one_at_once(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        schedule = scheduled(shop, subscription)
        time.move(days=15)
        changed = {**present(schedule), "items": [{"price": price(shop, 1499).id, "quantity": 1}]}
        shop.client.v1.subscription_schedules.update(
            schedule.id, {"phases": [changed], "proration_behavior": "always_invoice"}
        )
        assert now(shop, subscription).latest_invoice.amount_paid == 500
        assert item_of(now(shop, subscription)).price.unit_amount == 1499

    @pytest.mark.parametrize(
        "wrong",
        [
            {"end_date": "now", "duration": {"interval": "month"}},
            {"start_date": 1},
            {"items": []},
            {"duration": {"interval": "fortnight"}},
        ],
    )
    def test_that_make_no_sense_are_refused(self, shop: Shop, wrong: dict[str, Any]) -> None:
        schedule = scheduled(shop, subscribe_by_api(shop))
        with pytest.raises(stripe.InvalidRequestError) as caught:
            then(shop, schedule, shop.price, **wrong)
        assert caught.value.http_status == 400
        assert len(shop.client.v1.subscription_schedules.retrieve(schedule.id).phases) == 1


class TestASubscriptionUnderASchedule:
    @pytest.mark.parametrize("change", [{"cancel_at_period_end": True}, {"cancel_at": "max_period_end"}])
    def test_cannot_be_told_to_end_directly(self, shop: Shop, change: dict[str, Any]) -> None:
        subscription = subscribe_by_api(shop)
        schedule = scheduled(shop, subscription)
        with pytest.raises(stripe.InvalidRequestError, match="managed by the subscription schedule") as caught:
            shop.client.v1.subscriptions.update(subscription.id, change)
        assert schedule.id in str(caught.value)
        shop.client.v1.subscription_schedules.release(schedule.id)
        assert shop.client.v1.subscriptions.update(subscription.id, change).cancel_at is not None


class TestAScheduleForACustomer:
    """One that begins a subscription of its own, from the phases it is given."""

    @pytest.fixture
    def payer(self, shop: Shop) -> Any:
        return shop.client.v1.customers.create({"email": "reader@example.org", "source": "tok_visa"})

    def test_begins_at_once_and_goes_on_as_its_phases_say(self, shop: Shop, payer: Any, time: Time) -> None:
        phases = [{"items": [{"price": shop.price.id, "quantity": count}], "iterations": 1} for count in (1, 2)]
        stripe_ = shop.client.v1
        schedule = stripe_.subscription_schedules.create({"customer": payer.id, "start_date": "now", "phases": phases})
        assert schedule.status == "active"
        subscription = stripe_.subscriptions.retrieve(str(schedule.subscription))
        assert (subscription.status, subscription["items"].data[0].quantity) == ("active", 1)
        time.move(days=31)
        assert stripe_.subscriptions.retrieve(subscription.id)["items"].data[0].quantity == 2

    def test_waits_for_its_day(self, shop: Shop, payer: Any, time: Time) -> None:
        stripe_ = shop.client.v1
        phases = [{"items": [{"price": shop.price.id}]}]
        starts_at = time.seconds + 10 * 86_400
        schedule = stripe_.subscription_schedules.create(
            {"customer": payer.id, "start_date": starts_at, "end_behavior": "cancel", "phases": phases}
        )
        assert (schedule.status, schedule.subscription) == ("not_started", None)
        time.move(days=10)
        begun = stripe_.subscription_schedules.retrieve(schedule.id, {"expand": ["subscription"]})
        assert (begun.status, begun.subscription.start_date) == ("active", starts_at)

    @pytest.mark.parametrize(("verb", "status"), [("cancel", "canceled"), ("release", "released")])
    def test_can_be_ended_before_it_has_begun(self, shop: Shop, payer: Any, time: Time, verb: str, status: str) -> None:
        schedules = shop.client.v1.subscription_schedules
        phases = [{"items": [{"price": shop.price.id}]}]
        schedule = schedules.create({"customer": payer.id, "start_date": time.seconds + 86_400, "phases": phases})
        assert getattr(schedules, verb)(schedule.id).status == status
        time.move(days=2)
        assert shop.client.v1.subscriptions.list({"customer": payer.id}).data == []

    @pytest.mark.parametrize("name", ["customer", "phases"])
    def test_needs_to_know_for_whom_and_what(self, shop: Shop, payer: Any, name: str) -> None:
        params = {"customer": payer.id, "phases": [{"items": [{"price": shop.price.id}]}]}
        del params[name]
        with pytest.raises(stripe.InvalidRequestError) as refused:
            shop.client.v1.subscription_schedules.create(params)
        assert refused.value.param == name
