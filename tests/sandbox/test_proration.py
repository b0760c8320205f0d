"""Changes in the middle of a period: credit and charge to the second, previews, and updates that wait for payment."""

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from paywall.sandbox.billing.changes.prorating import share
from tests.sandbox.conftest import Shop, Time, types_of
from tests.sandbox.test_lifecycle import subscribe_by_api

DAY = 86_400


def price(shop: Shop, amount: int, interval: str = "month", **more: Any) -> Any:
    recurring = {"interval": interval}
    return shop.client.v1.prices.create(
        {"currency": "eur", "unit_amount": amount, "product": shop.price.product, "recurring": recurring, **more}
    )


def item_of(subscription: Any) -> Any:
    return subscription["items"].data[0]


def change(shop: Shop, subscription: Any, to: Any, **more: Any) -> Any:
    rows = [{"id": item_of(subscription).id, "price": to.id}]
    return shop.client.v1.subscriptions.update(
        subscription.id, {"items": rows, "proration_behavior": "always_invoice", **more}
    )


def preview(shop: Shop, subscription: Any, to: Any, **more: Any) -> Any:
    details = {
        "items": [{"id": item_of(subscription).id, "price": to.id}],
        "proration_behavior": "always_invoice",
        **more,
    }
    return shop.client.v1.invoices.create_preview({"subscription": subscription.id, "subscription_details": details})


def latest(shop: Shop, subscription: Any) -> Any:
    return shop.client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]}).latest_invoice


def make_card_fail(shop: Shop, subscription: Any, kind: str = "pm_card_chargeCustomerFail") -> None:
    bad = shop.client.v1.payment_methods.attach(kind, {"customer": str(subscription.customer)})
    shop.client.v1.subscriptions.update(subscription.id, {"default_payment_method": bad.id})


class TestAnUpgradeNow:
    def test_credits_what_is_left_and_charges_the_rest_at_the_new_price(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        time.move(days=10)
        change(shop, subscription, price(shop, 1499))
        invoice = latest(shop, subscription)
        credit, charge = invoice.lines.data
        assert (credit.amount, charge.amount) == (-333, 999)  # 20 of 30 days of 4.99 and of 14.99
        assert (invoice.total, invoice.amount_paid, invoice.billing_reason) == (666, 666, "subscription_update")
        assert credit.parent.subscription_item_details.proration is True
        assert credit.description == "Unused time on Digital after 3 Dec 2026"
        assert charge.period.end == item_of(subscription).current_period_end

    def test_says_which_line_was_credited(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        first = latest(shop, subscription)
        time.move(days=10)
        change(shop, subscription, price(shop, 1499))
        credited = latest(shop, subscription).lines.data[0].parent.subscription_item_details.proration_details
        assert credited.credited_items.invoice == first.id
        assert credited.credited_items.invoice_line_items == [first.lines.data[0].id]

    def test_keeps_the_billing_cycle(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        time.move(days=10)
        changed = change(shop, subscription, price(shop, 1499))
        assert item_of(changed).current_period_end == item_of(subscription).current_period_end
        assert item_of(changed).id == item_of(subscription).id
        time.move(days=20, hours=1)
        assert latest(shop, subscription).total == 1499

    def test_twice_in_a_period_credits_only_what_was_billed(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        time.move(days=10)
        changed = change(shop, subscription, price(shop, 1499))
        time.move(days=10)
        change(shop, changed, price(shop, 2999))
        assert [line.amount for line in latest(shop, subscription).lines.data] == [-500, 1000]

    def test_of_a_discounted_period_credits_what_was_paid(self, shop: Shop, time: Time) -> None:
        half = shop.client.v1.coupons.create({"percent_off": 50, "duration": "once"})
        subscription = subscribe_by_api(shop, discounts=[{"coupon": half.id}])
        time.move(days=15)
        change(shop, subscription, price(shop, 1499))
        assert [line.amount for line in latest(shop, subscription).lines.data] == [-125, 750]

    def test_to_a_cheaper_price_leaves_credit_that_the_renewal_uses(self, shop: Shop, time: Time) -> None:
        dear = price(shop, 1499)
        subscription = subscribe_by_api(shop, items=[{"price": dear.id}])
        time.move(days=15)
        change(shop, subscription, shop.price)
        invoice = latest(shop, subscription)
        assert (invoice.total, invoice.amount_due, invoice.status, invoice.ending_balance) == (-500, 0, "paid", -500)
        assert shop.client.v1.customers.retrieve(str(subscription.customer)).balance == -500
        time.move(days=15, hours=1)
        renewal = latest(shop, subscription)
        assert (renewal.total, renewal.amount_due, renewal.starting_balance, renewal.ending_balance) == (
            499,
            0,
            -500,
            -1,
        )


class TestAChangeOfTheInterval:
    def test_begins_a_new_cycle_now(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        time.move(days=15)
        changed = change(shop, subscription, price(shop, 4900, "year"))
        assert changed.billing_cycle_anchor == time.seconds
        assert item_of(changed).current_period_end == int(time.at.replace(year=2027).timestamp())
        assert [line.amount for line in latest(shop, subscription).lines.data] == [-250, 4900]

    def test_without_proration_charges_the_whole_and_credits_nothing(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        time.move(days=15)
        change(shop, subscription, price(shop, 4900, "year"), proration_behavior="none")
        assert latest(shop, subscription).amount_paid == 4900

    def test_to_another_currency_is_refused(self, shop: Shop) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="currency"):
            change(shop, subscribe_by_api(shop), price(shop, 499, currency="usd"))


class TestProrationBehaviour:
    def test_create_prorations_waits_for_the_renewal(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        time.move(days=15)
        change(shop, subscription, price(shop, 1499), proration_behavior="create_prorations")
        waiting = shop.client.v1.invoice_items.list({"customer": str(subscription.customer)}).data
        assert [(one.amount, one.proration, one.invoice) for one in waiting] == [(750, True, None), (-250, True, None)]
        time.move(days=15, hours=1)
        assert [line.amount for line in latest(shop, subscription).lines.data] == [-250, 750, 1499]

    def test_changed_back_before_the_renewal_leaves_only_the_time_in_between(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        time.move(days=10)
        changed = change(shop, subscription, price(shop, 1499), proration_behavior="create_prorations")
        time.move(days=10)
        change(shop, changed, shop.price, proration_behavior="create_prorations")
        waiting = shop.client.v1.invoice_items.list().data
        assert sum(one.amount for one in waiting) == -333 + 999 - 500 + 166

    def test_none_changes_the_price_from_the_next_period(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        time.move(days=15)
        changed = change(shop, subscription, price(shop, 1499), proration_behavior="none")
        assert item_of(changed).price.unit_amount == 1499
        assert len(shop.client.v1.invoices.list().data) == 1
        time.move(days=15, hours=1)
        assert latest(shop, subscription).total == 1499

    def test_in_a_trial_is_nothing(self, shop: Shop) -> None:
        subscription = subscribe_by_api(shop, trial_period_days=14)
        changed = change(shop, subscription, price(shop, 4900, "year"))
        assert (changed.status, item_of(changed).current_period_end) == ("trialing", subscription.trial_end)
        assert len(shop.client.v1.invoices.list().data) == 1

    def test_by_a_date_outside_of_the_period_is_refused(self, shop: Shop, time: Time) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="outside of the current period"):
            change(shop, subscribe_by_api(shop), price(shop, 1499), proration_date=time.seconds - 1)

    def test_a_new_cycle_now_bills_a_fresh_period(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        time.move(days=10)
        changed = shop.client.v1.subscriptions.update(
            subscription.id, {"billing_cycle_anchor": "now", "proration_behavior": "none"}
        )
        assert item_of(changed).current_period_start == time.seconds
        assert latest(shop, subscription).amount_paid == 499


class TestAPreview:
    @pytest.mark.parametrize(("amount", "interval"), [(1499, "month"), (199, "month"), (4900, "year")])
    @pytest.mark.parametrize("later", [0, 61])
    def test_is_what_the_change_then_charges(
        self, shop: Shop, time: Time, amount: int, interval: str, later: int
    ) -> None:
        vat = shop.client.v1.tax_rates.create({"display_name": "VAT", "percentage": 7, "inclusive": False})
        subscription = subscribe_by_api(shop, default_tax_rates=[vat.id])
        time.move(days=11, seconds=4711)
        to, date = price(shop, amount, interval), time.seconds
        promised = preview(shop, subscription, to, proration_date=date)
        time.move(seconds=later)
        change(shop, subscription, to, proration_date=date)
        charged = latest(shop, subscription)
        for name in ("total", "amount_due", "subtotal", "total_excluding_tax"):
            assert promised[name] == charged[name]
        assert [line.amount for line in promised.lines.data] == [line.amount for line in charged.lines.data]

    def test_leaves_nothing_behind(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        time.move(days=10)
        before = types_of(shop.client)
        shown = preview(shop, subscription, price(shop, 1499))
        assert (shown.id.startswith("upcoming_in_"), shown.status, shown.number) == (True, "draft", None)
        assert types_of(shop.client) == [*before, "price.created"]
        assert len(shop.client.v1.invoices.list().data) == 1
        assert shop.client.v1.invoice_items.list().data == []
        assert item_of(shop.client.v1.subscriptions.retrieve(subscription.id)).price.id == shop.price.id

    def test_without_a_change_is_the_next_renewal(self, shop: Shop) -> None:
        subscription = subscribe_by_api(shop)
        upcoming = shop.client.v1.invoices.create_preview({"subscription": subscription.id})
        assert (upcoming.total, upcoming.billing_reason) == (499, "subscription_cycle")
        assert upcoming.lines.data[0].period.start == item_of(subscription).current_period_end

    def test_of_a_subscription_about_to_end_is_none(self, shop: Shop) -> None:
        subscription = subscribe_by_api(shop)
        shop.client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
        with pytest.raises(stripe.InvalidRequestError) as caught:
            shop.client.v1.invoices.create_preview({"subscription": subscription.id})
        assert caught.value.code == "invoice_upcoming_none"

    def test_of_a_new_subscription_is_its_first_invoice(self, shop: Shop) -> None:
        wanted = {"items": [{"price": shop.price.id, "quantity": 2}]}
        shown = shop.client.v1.invoices.create_preview({"customer": shop.customer().id, "subscription_details": wanted})
        assert shown.total == 998
        assert shop.client.v1.subscriptions.list().data == []


class TestAPendingUpdate:
    def test_is_made_at_once_if_it_is_paid_at_once(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        time.move(days=10)
        changed = change(shop, subscription, price(shop, 1499), payment_behavior="pending_if_incomplete")
        assert (changed.pending_update, item_of(changed).price.unit_amount) == (None, 1499)
        assert "customer.subscription.pending_update_applied" not in types_of(shop.client)

    def test_waits_while_its_invoice_is_unpaid_and_the_subscription_goes_on(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        make_card_fail(shop, subscription)
        time.move(days=10)
        changed = change(shop, subscription, price(shop, 1499), payment_behavior="pending_if_incomplete")
        assert (changed.status, item_of(changed).price.unit_amount) == ("active", 499)
        assert changed.pending_update.expires_at == time.seconds + 23 * 3600
        assert changed.pending_update.subscription_items[0].price.unit_amount == 1499
        invoice = latest(shop, subscription)
        assert (invoice.status, invoice.amount_due, invoice.next_payment_attempt) == ("open", 666, None)

    def test_is_made_when_the_invoice_is_paid(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        good = shop.client.v1.payment_methods.list({"customer": str(subscription.customer)}).data[0]
        make_card_fail(shop, subscription, "pm_card_authenticationRequired")
        time.move(days=10)
        changed = change(shop, subscription, price(shop, 1499), payment_behavior="pending_if_incomplete")
        shop.client.v1.invoices.pay(str(changed.latest_invoice), {"payment_method": good.id})
        now = shop.client.v1.subscriptions.retrieve(subscription.id)
        assert (now.pending_update, item_of(now).price.unit_amount) == (None, 1499)
        assert "customer.subscription.pending_update_applied" in types_of(shop.client)

    def test_is_dropped_after_23_hours(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        make_card_fail(shop, subscription)
        change(shop, subscription, price(shop, 1499), payment_behavior="pending_if_incomplete")
        time.move(hours=23)
        now = shop.client.v1.subscriptions.retrieve(subscription.id)
        assert (now.pending_update, now.status, item_of(now).price.unit_amount) == (None, "active", 499)
        assert latest(shop, subscription).status == "void"
        assert "customer.subscription.pending_update_expired" in types_of(shop.client)

    def test_is_dropped_with_its_invoice(self, shop: Shop) -> None:
        subscription = subscribe_by_api(shop)
        make_card_fail(shop, subscription)
        changed = change(shop, subscription, price(shop, 1499), payment_behavior="pending_if_incomplete")
        shop.client.v1.invoices.void_invoice(str(changed.latest_invoice))
        assert shop.client.v1.subscriptions.retrieve(subscription.id).pending_update is None

    def test_gives_way_to_the_next_one(self, shop: Shop) -> None:
        subscription = subscribe_by_api(shop)
        make_card_fail(shop, subscription)
        first = change(shop, subscription, price(shop, 1499), payment_behavior="pending_if_incomplete")
        second = change(shop, subscription, price(shop, 2999), payment_behavior="pending_if_incomplete")
        assert shop.client.v1.invoices.retrieve(str(first.latest_invoice)).status == "void"
        assert second.pending_update.subscription_items[0].price.unit_amount == 2999

    def test_is_not_for_everything(self, shop: Shop) -> None:
        subscription = subscribe_by_api(shop)
        with pytest.raises(stripe.InvalidRequestError, match="pending_if_incomplete") as caught:
            change(shop, subscription, shop.price, payment_behavior="pending_if_incomplete", description="x")
        assert caught.value.param == "description"


class TestOtherPaymentBehaviours:
    def test_error_if_incomplete_changes_nothing_after_a_decline(self, shop: Shop) -> None:
        subscription = subscribe_by_api(shop)
        make_card_fail(shop, subscription)
        with pytest.raises(stripe.CardError):
            change(shop, subscription, price(shop, 1499), payment_behavior="error_if_incomplete")
        assert item_of(shop.client.v1.subscriptions.retrieve(subscription.id)).price.unit_amount == 499
        assert len(shop.client.v1.invoices.list().data) == 1

    def test_error_if_incomplete_is_also_for_a_card_that_asks(self, shop: Shop) -> None:
        subscription = subscribe_by_api(shop)
        make_card_fail(shop, subscription, "pm_card_authenticationRequired")
        with pytest.raises(stripe.InvalidRequestError) as caught:
            change(shop, subscription, price(shop, 1499), payment_behavior="error_if_incomplete")
        assert caught.value.code == "subscription_payment_intent_requires_action"

    def test_allow_incomplete_changes_it_and_lets_it_be_past_due(self, shop: Shop) -> None:
        subscription = subscribe_by_api(shop)
        make_card_fail(shop, subscription)
        changed = change(shop, subscription, price(shop, 1499), payment_behavior="allow_incomplete")
        assert (changed.status, item_of(changed).price.unit_amount) == ("past_due", 1499)

    def test_default_incomplete_leaves_the_payment_to_the_payer(self, shop: Shop) -> None:
        subscription = subscribe_by_api(shop)
        change(shop, subscription, price(shop, 1499), payment_behavior="default_incomplete")
        assert (latest(shop, subscription).status, latest(shop, subscription).attempted) == ("open", False)


class TestItems:
    def test_are_added_changed_and_taken_away_one_by_one(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        items = shop.client.v1.subscription_items
        time.move(days=15)
        extra = price(shop, 200)
        added = items.create({"subscription": subscription.id, "price": extra.id, "quantity": 3})
        assert added.current_period_end == item_of(subscription).current_period_end
        assert items.update(added.id, {"quantity": 2, "proration_behavior": "none"}).quantity == 2
        assert items.retrieve(added.id).price.id == extra.id
        assert len(items.list({"subscription": subscription.id}).data) == 2
        assert items.delete(added.id, {"proration_behavior": "none"}).deleted
        with pytest.raises(stripe.InvalidRequestError, match="at least one"):
            items.delete(item_of(subscription).id)
        assert [one.amount for one in shop.client.v1.invoice_items.list().data] == [300]

    def test_of_several_prices_are_billed_together(self, shop: Shop) -> None:
        rows = [{"price": shop.price.id}, {"price": price(shop, 200).id, "quantity": 3}]
        subscription = subscribe_by_api(shop, items=rows)
        assert [line.amount for line in latest(shop, subscription).lines.data] == [499, 600]

    def test_of_two_intervals_are_refused(self, shop: Shop) -> None:
        rows = [{"price": shop.price.id}, {"price": price(shop, 4900, "year").id}]
        with pytest.raises(stripe.InvalidRequestError, match="one interval"):
            subscribe_by_api(shop, items=rows)


class TestCancellingWithProration:
    def test_credits_the_rest_to_the_balance(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        time.move(days=15)
        shop.client.v1.subscriptions.cancel(subscription.id, {"prorate": True, "invoice_now": True})
        assert shop.client.v1.customers.retrieve(str(subscription.customer)).balance == -250
        assert latest(shop, subscription).total == -250

    def test_is_nothing_unless_asked_for(self, shop: Shop, time: Time) -> None:
        subscription = subscribe_by_api(shop)
        time.move(days=15)
        shop.client.v1.subscriptions.cancel(subscription.id)
        assert shop.client.v1.customers.retrieve(str(subscription.customer)).balance == 0


class TestTheShareOfAPeriod:
    def test_counts_every_second_the_same(self) -> None:
        start = int(datetime(2027, 2, 1, tzinfo=UTC).timestamp())
        february = {"start": start, "end": start + 28 * DAY}
        assert share(2800, february, start) == 2800
        assert share(2800, february, start + 14 * DAY) == 1400
        assert share(2800, february, start + 1) == 2800
        assert share(2800, february, start + 28 * DAY - 1) == 0
        assert share(2800, february, start + 28 * DAY) == 0

    def test_is_rounded_to_the_nearest_unit_halves_up(self) -> None:
        period = {"start": 0, "end": 200}
        assert [share(1, period, at) for at in (99, 100, 101)] == [1, 1, 0]
