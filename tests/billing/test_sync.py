"""What becomes of a subscription at Stripe in our books: access, mirror, mails, audit."""

from datetime import timedelta

import pytest

from paywall import clock
from paywall.billing.checkout.tables import keep_customer
from paywall.billing.stripe_errors import StripeUnavailable
from paywall.billing.syncing.sync import sync_subscription
from paywall.billing.webhooks import inbox
from paywall.billing.webhooks.drain import drain_once
from paywall.billing.webhooks.incoming import Note
from paywall.entitlements.rules import Standing
from tests.billing.stripe_world import DAY, World, make_price

SLACK = timedelta(hours=24)


class TestAReaderWhoHasJustPaid:
    def test_reads_until_the_period_ends_and_a_day_longer(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        synced = sync_subscription(world.billing, stripe_id)
        held = world.entitlement(reader_id)
        assert held
        assert synced.access
        assert held.valid_until == synced.access.valid_until
        assert held.standing is Standing.SUBSCRIBED
        assert held.paid_through_at
        assert held.valid_until == held.paid_through_at + SLACK
        assert timedelta(days=28) <= held.paid_through_at - world.time.now() <= timedelta(days=31)

    def test_costs_one_read_of_stripe(self, world: World) -> None:
        _, stripe_id = world.subscriber()
        world.reads()
        sync_subscription(world.billing, stripe_id)
        assert world.reads() == [f"GET /v1/subscriptions/{stripe_id}"]

    def test_has_a_current_subscription_and_a_paid_invoice(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        row, (invoice,) = world.current(reader_id), world.invoices()
        assert row
        assert (row.status, row.amount_minor, row.currency, row.interval) == ("active", 499, "AZN", "month")
        assert (invoice.status, invoice.paid_minor, invoice.refunded_minor) == ("paid", 499, 0)
        assert invoice.hosted_url
        assert invoice.payment_id

    def test_gets_one_mail_and_one_audit_row_however_often_it_is_synced(self, world: World) -> None:
        _, stripe_id = world.subscriber()
        for _ in range(3):
            sync_subscription(world.billing, stripe_id)
        assert [mail.kind for mail in world.mails()] == ["billing_started"]
        assert "₼" in world.mails()[0].text
        assert world.deeds() == ["subscription_added"]


class TestARenewal:
    def test_that_is_not_paid_yet_changes_nothing_although_stripe_has_moved_the_period(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        before = sync_subscription(world.billing, stripe_id).access
        assert before
        assert before.paid_through_at
        world.time.at = before.paid_through_at + timedelta(minutes=5)
        after = sync_subscription(world.billing, stripe_id).access
        row = world.current(reader_id)
        assert after == before
        assert row
        assert row.period_end_at
        assert row.period_end_at > before.paid_through_at
        assert world.may_read(reader_id)

    def test_that_is_paid_moves_the_end_by_a_month(self, world: World) -> None:
        _, stripe_id = world.subscriber()
        before = sync_subscription(world.billing, stripe_id).access
        assert before
        assert before.paid_through_at
        world.time.at = before.paid_through_at + timedelta(hours=2)
        after = sync_subscription(world.billing, stripe_id).access
        assert after
        assert after.paid_through_at
        assert after.paid_through_at - before.paid_through_at >= 28 * DAY
        assert world.deeds() == ["subscription_added", "subscription_renewed"]

    def test_that_fails_leaves_fourteen_days_of_grace_and_one_mail(self, world: World) -> None:
        reader_id = world.reader()
        customer = world.customer(reader_id)
        stripe_id = world.subscribe(customer)
        paid = sync_subscription(world.billing, stripe_id).access
        world.use_card(customer, "pm_card_chargeCustomerFail")
        assert paid
        assert paid.paid_through_at
        world.time.at = paid.paid_through_at + timedelta(hours=2)
        for _ in range(2):
            failed = sync_subscription(world.billing, stripe_id)
        assert failed.status == "past_due"
        assert failed.access
        assert failed.access.valid_until == paid.paid_through_at + 14 * DAY
        assert failed.access.standing is Standing.IN_GRACE
        assert [mail.kind for mail in world.mails()] == ["billing_started", "billing_payment_failed"]
        assert world.may_read(reader_id)

    def test_missed_twice_is_made_good_with_every_invoice(self, world: World) -> None:
        _, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        world.time.move(days=95)
        sync_subscription(world.billing, stripe_id)
        at_stripe = world.billing.gateway.list_invoices(stripe_id)
        assert len(world.invoices()) == len(at_stripe) >= 4
        assert sum(one.paid_minor for one in world.invoices()) == sum(one["amount_paid"] for one in at_stripe)


class TestAReaderWhoCancels:
    def test_at_the_periods_end_reads_until_then_without_slack(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        paid = sync_subscription(world.billing, stripe_id).access
        change = {"cancel_at_period_end": True}
        world.billing.gateway.update_subscription(stripe_id, change, idempotency_key="1")
        left = sync_subscription(world.billing, stripe_id).access
        assert paid
        assert left
        assert left.valid_until == left.paid_through_at == paid.paid_through_at
        assert left.standing is Standing.PAID_THROUGH
        world.time.at = left.valid_until
        assert not world.may_read(reader_id)
        assert sync_subscription(world.billing, stripe_id).status == "canceled"
        assert [mail.kind for mail in world.mails()] == ["billing_started", "billing_cancelled"]

    def test_by_the_portals_date_is_treated_the_same(self, world: World) -> None:
        _, stripe_id = world.subscriber()
        paid = sync_subscription(world.billing, stripe_id).access
        assert paid
        assert paid.paid_through_at
        change = {"cancel_at": int(paid.paid_through_at.timestamp())}
        world.billing.gateway.update_subscription(stripe_id, change, idempotency_key="1")
        left = sync_subscription(world.billing, stripe_id).access
        assert left
        assert left.valid_until == paid.paid_through_at


class TestMoneyThatGoesBack:
    def refund(self, world: World, stripe_id: str, amount: int | None) -> None:
        (invoice,) = world.invoices()
        params = {"payment_intent": invoice.payment_id, **({"amount": amount} if amount else {})}
        world.billing.gateway.create_refund(params, idempotency_key=f"refund:{stripe_id}:{amount}")

    def test_in_full_ends_access_at_once(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        world.keep_all()
        drain_once(world.billing)
        assert world.may_read(reader_id)
        self.refund(world, stripe_id, None)
        world.keep_all()
        drain_once(world.billing)
        assert not world.may_read(reader_id)
        assert world.invoices()[0].refunded_minor == 499

    def test_in_part_never_does(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        world.keep_all()
        drain_once(world.billing)
        self.refund(world, stripe_id, 498)
        world.keep_all()
        drain_once(world.billing)
        assert world.may_read(reader_id)
        assert world.invoices()[0].refunded_minor == 498

    def test_is_not_forgotten_by_a_later_sync_that_does_not_ask(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        self.refund(world, stripe_id, None)
        sync_subscription(world.billing, stripe_id, with_money_back=True)
        sync_subscription(world.billing, stripe_id)
        assert not world.may_read(reader_id)


class TestASecondLiveSubscription:
    def test_is_cancelled_and_given_back_and_the_first_stays(self, world: World) -> None:
        reader_id = world.reader()
        customer = world.customer(reader_id)
        first = world.subscribe(customer)
        world.time.move(seconds=5)
        second = world.subscribe(customer)
        sync_subscription(world.billing, first)
        synced = sync_subscription(world.billing, second)
        current = world.current(reader_id)
        assert synced.status == "canceled"
        assert current
        assert current.stripe_id == first
        assert world.may_read(reader_id)
        charges = world.billing.gateway.list_charges(customer)
        assert sorted(charge["amount_refunded"] for charge in charges) == [0, 499]
        assert world.deeds().count("second_given_back") == 1

    def test_that_is_heard_of_first_is_given_back_all_the_same_and_the_older_stays(self, world: World) -> None:
        reader_id = world.reader()
        customer = world.customer(reader_id)
        first = world.subscribe(customer)
        world.time.move(seconds=5)
        second = world.subscribe(customer)
        sync_subscription(world.billing, second)
        sync_subscription(world.billing, first)
        drain_once(world.billing)
        current = world.current(reader_id)
        assert current
        assert current.stripe_id == first
        assert world.billing.gateway.retrieve_subscription(second)["status"] == "canceled"
        assert world.billing.gateway.retrieve_subscription(first)["status"] == "active"

    def test_is_the_first_one_if_the_other_has_ended_without_our_knowing(self, world: World) -> None:
        reader_id = world.reader()
        customer = world.customer(reader_id)
        first = world.subscribe(customer)
        sync_subscription(world.billing, first)
        world.billing.gateway.cancel_subscription(first)
        second = world.subscribe(customer)
        assert sync_subscription(world.billing, second).status == "active"
        current = world.current(reader_id)
        assert current
        assert current.stripe_id == second
        assert all(charge["amount_refunded"] == 0 for charge in world.billing.gateway.list_charges(customer))


class TestASubscriptionThatIsNotOurs:
    def test_at_a_foreign_price_is_ignored_and_counted(self, world: World) -> None:
        reader_id = world.reader()
        foreign = make_price(world.billing.gateway, "podcast:month")
        stripe_id = world.subscribe(world.customer(reader_id), price=foreign)
        world.keep_all()
        drain_once(world.billing)
        assert world.current(reader_id) is None
        assert not world.may_read(reader_id)
        with world.database.reading() as session:
            counted = inbox.counts(session)
        ours = [event for event in world.inbox() if event.subject == stripe_id]
        assert {event.note for event in ours} == {Note.FOREIGN_PRICE}
        assert counted[Note.FOREIGN_PRICE] == len(ours) > 0

    def test_of_an_unknown_customer_is_parked_and_applied_when_the_customer_appears(self, world: World) -> None:
        reader_id, customer = world.reader(), world.customer(None)
        stripe_id = world.subscribe(customer)
        world.keep_all()
        drain_once(world.billing)
        assert {event.state for event in world.inbox() if event.subject == stripe_id} == {"parked"}
        with world.database.writing() as session:
            keep_customer(session, world.publisher.id, reader_id, customer, clock.wall())
        drain_once(world.billing)
        assert world.may_read(reader_id)
        assert {event.state for event in world.inbox() if event.subject == stripe_id} == {"handled"}

    def test_that_names_our_reader_and_price_is_ours_even_if_the_customer_is_new(self, world: World) -> None:
        reader_id = world.reader()
        metadata = {"publisher": "news", "reader": str(reader_id)}
        stripe_id = world.subscribe(world.customer(None), metadata=metadata)
        sync_subscription(world.billing, stripe_id)
        assert world.may_read(reader_id)

    def test_that_stripe_has_never_heard_of_is_closed(self, world: World) -> None:
        synced = sync_subscription(world.billing, "sub_unknown")
        assert synced.note is Note.GONE


class TestStripeOutOfReach:
    def test_leaves_the_events_waiting_with_the_reason_and_changes_nothing(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        world.keep_all()
        world.sandbox.faults.add("GET /v1/subscriptions/<id>", drop_before=True, times=None)
        with pytest.raises(StripeUnavailable):
            sync_subscription(world.billing, stripe_id)
        assert world.entitlement(reader_id) is None
        waiting = [event for event in world.inbox() if event.subject == stripe_id]
        assert {(event.state, event.attempts) for event in waiting} == {("waiting", 1)}
        assert all("StripeUnavailable" in (event.last_error or "") for event in waiting)
        world.sandbox.faults.clear()
        sync_subscription(world.billing, stripe_id)
        assert world.may_read(reader_id)
        assert {event.state for event in world.inbox() if event.subject == stripe_id} == {"handled"}
