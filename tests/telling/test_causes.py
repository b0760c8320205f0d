"""Every cause for which access changes, from Stripe's side or ours, tells exactly one event."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from paywall import clock
from paywall.billing.syncing.sync import sync_subscription
from paywall.billing.webhooks.drain import drain_once
from paywall.database import Database
from paywall.entitlements.comps import give_comp
from paywall.entitlements.granting import end_entitlement
from paywall.entitlements.history.ending import note_ends
from paywall.entitlements.rules import Source
from paywall.entitlements.tables import AccessEvent
from paywall.publishers.rules import Profile
from tests.billing.stripe_world import World, make_world
from tests.billing.turning import turn

GRACE_DAYS = 14


class Life:
    """A reader who subscribes, and what was told of it."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self._monkeypatch = world, monkeypatch
        self.reader_id = world.reader()
        self.customer = world.customer(self.reader_id)
        self.subscription = ""
        self._told = 0

    def subscribe(self) -> None:
        self.subscription = self.world.subscribe(self.customer)
        self.hear()

    def subscribed(self) -> "Life":
        """Go on from where the beginning has been told."""
        self.subscribe()
        assert self.told() == ["granted subscribed"]
        return self

    def hear(self) -> None:
        """Let all events of Stripe come, again and again: what we do there causes events as well."""
        for _ in range(3):
            self.world.keep_all()
            drain_once(self.world.billing)
            sync_subscription(self.world.billing, self.subscription)
            note_ends(self.world.database, clock.now())

    def turn(self, **by: float) -> None:
        turn(self.world, self._monkeypatch, **by)
        self.world.sandbox.tick()

    def turn_past_the_period(self) -> None:
        """Go to two hours after what is paid for: the renewal has been tried, its slack is not over."""
        held = self.world.entitlement(self.reader_id)
        assert held
        assert held.paid_through_at
        self.world.time.at = held.paid_through_at
        self.turn(hours=2)

    def change(self, **params: Any) -> None:
        self.world.billing.gateway.update_subscription(
            self.subscription, params, idempotency_key=f"{sorted(params.items())}"
        )
        self.hear()

    def refund(self, amount: int | None = None) -> None:
        [invoice] = self.world.invoices()
        params = {"payment_intent": invoice.payment_id, **({"amount": amount} if amount else {})}
        self.world.billing.gateway.create_refund(params, idempotency_key=f"refund {amount}")
        self.hear()

    def dispute(self) -> str:
        charge = self.world.billing.gateway.list_charges(self.customer)[0]["id"]
        opened = str(self.world.sandbox.open_dispute(charge)["id"])
        self.hear()
        return opened

    def judge(self, dispute: str, word: str) -> None:
        params: Any = {"evidence": {"uncategorized_text": word}, "submit": True}
        self.world.ask(lambda v1: v1.disputes.update(dispute, params))
        self.hear()

    def told(self) -> list[str]:
        """Return what was told since this was asked last, each turn with its standing."""
        events = self.world.rows(AccessEvent)
        fresh, self._told = events[self._told :], len(events)
        return [f"{event.turn.removeprefix('access.')} {event.standing}" for event in fresh]

    def last(self) -> AccessEvent:
        event = self.world.rows(AccessEvent)[-1]
        assert isinstance(event, AccessEvent)
        return event


@pytest.fixture
def life(database: Database, publisher: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    world = make_world(database, publisher, tmp_path)
    yield Life(world, monkeypatch)
    world.sandbox.close()


class TestAtStripe:
    def test_subscribing(self, life: Life) -> None:
        life.subscribe()
        assert life.told() == ["granted subscribed"]

    def test_a_renewal(self, life: Life) -> None:
        before = life.subscribed().last().valid_until
        life.turn_past_the_period()
        life.hear()
        assert life.told() == ["changed subscribed"]
        assert life.last().valid_until > before

    def test_a_renewal_that_we_hear_of_too_late(self, life: Life) -> None:
        life.subscribed()
        life.turn_past_the_period()
        life.turn(days=1)
        life.hear()
        assert life.told() == ["ended subscribed", "granted subscribed"], "there was a gap, and it is told as one"

    def test_cancelling_and_thinking_better_of_it(self, life: Life) -> None:
        life.subscribed().change(cancel_at_period_end=True)
        assert life.told() == ["changed paid_through"]
        life.change(cancel_at_period_end=False)
        assert life.told() == ["changed subscribed"]

    @pytest.mark.parametrize("first", ["the event", "the time"])
    def test_the_end_of_a_cancelled_one_whoever_notices_first(self, life: Life, first: str) -> None:
        life.subscribed().change(cancel_at_period_end=True)
        life.told()
        life.turn_past_the_period()
        if first == "the time":
            note_ends(life.world.database, clock.now())
        life.hear()
        assert life.told() == ["ended paid_through"]
        assert not life.last().has_access

    def test_a_renewal_that_fails_and_a_grace_period_that_ends(self, life: Life) -> None:
        life.subscribed()
        life.world.use_card(life.customer, "pm_card_chargeCustomerFail")
        life.turn_past_the_period()
        life.hear()
        assert life.told() == ["changed in_grace"]
        life.turn(days=GRACE_DAYS)
        note_ends(life.world.database, clock.now())
        life.hear()
        assert life.told() == ["ended in_grace"]

    def test_ending_at_once_what_stays_paid(self, life: Life) -> None:
        life.subscribed().world.billing.gateway.cancel_subscription(life.subscription)
        life.hear()
        assert life.told() == ["changed paid_through"]

    def test_a_full_refund_and_no_partial_one(self, life: Life) -> None:
        life.subscribed().refund(100)
        assert life.told() == []
        life.refund()
        assert life.told() == ["ended subscribed"]

    def test_a_dispute_that_is_won(self, life: Life) -> None:
        opened = life.subscribed().dispute()
        assert [told.split()[0] for told in life.told()] == ["suspended"]
        life.judge(opened, "winning_evidence")
        assert [told.split()[0] for told in life.told()] == ["restored"]
        assert life.last().has_access

    def test_a_dispute_that_is_lost(self, life: Life) -> None:
        opened = life.subscribed().dispute()
        life.told()
        life.judge(opened, "losing_evidence")
        assert [told.split()[0] for told in life.told()] == ["ended"]


class TestOnOurSide:
    def test_a_comp_that_runs_out(self, life: Life) -> None:
        self.give(life, days=7)
        assert life.told() == ["granted comp"]
        life.turn(days=8)
        assert note_ends(life.world.database, clock.now()) == 1
        assert life.told() == ["ended comp"]

    def test_a_comp_that_is_taken_back(self, life: Life) -> None:
        source_id = self.give(life, days=7)
        life.told()
        with life.world.database.writing() as session:
            end_entitlement(session, Source.COMP, source_id, clock.now())
        life.turn(days=8)
        note_ends(life.world.database, clock.now())
        assert life.told() == ["ended comp"]

    def test_renewals_that_are_carried_over_while_stripe_is_away(self, life: Life) -> None:
        from paywall.billing.reconciling.sweeping import extend_expiring  # noqa: PLC0415

        until = life.subscribed().last().valid_until
        life.world.time.at = until - timedelta(hours=1)
        life.turn()
        assert extend_expiring(life.world.billing, clock.now()) == 1
        assert extend_expiring(life.world.billing, clock.now()) == 0
        assert life.told() == ["changed subscribed"]
        assert life.last().valid_until == until + timedelta(hours=48)

    def give(self, life: Life, days: int) -> str:
        with life.world.database.writing() as session:
            publisher = life.world.publisher.id
            return give_comp(session, publisher, life.reader_id, days=days, reason="x", actor="test").source_id
