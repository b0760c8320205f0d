"""Reminding whoever could not be charged: days 0, 3, 7 and 13, each once, and not a word more once it is paid."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paywall import clock, outbox
from paywall.billing.dunning.reminders import due_subscriptions, send_due
from paywall.billing.dunning.rules import DAYS, Step, due_step
from paywall.billing.reconciling.tables import cursor
from paywall.billing.subscriptions.tables import Subscription
from paywall.billing.syncing.sync import sync_subscription
from tests.billing.stripe_world import World
from tests.billing.turning import turn

FAILED = datetime(2026, 11, 23, 12, tzinfo=UTC)
MOMENTS = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=40))
GRACE = st.integers(min_value=0, max_value=60)


def step_after(days: float, grace_days: int = 14) -> Step | None:
    return due_step(FAILED, grace_days, FAILED + timedelta(days=days))


class TestTheSteps:
    @pytest.mark.parametrize(
        ("days", "step"),
        [(0, 0), (2.99, 0), (3, 3), (6.99, 3), (7, 7), (12.99, 7), (13, 13), (13.99, 13)],
    )
    def test_come_after_0_3_7_and_13_days(self, days: float, step: int) -> None:
        assert step_after(days) == Step(step, is_last=step == 13)

    def test_end_with_the_grace_period(self) -> None:
        assert step_after(14) is None
        assert step_after(7, grace_days=7) is None

    def test_of_a_shorter_grace_period_are_fewer_and_the_last_one_says_so(self) -> None:
        assert step_after(3, grace_days=7) == Step(3, is_last=True)
        assert step_after(6, grace_days=7) == Step(3, is_last=True)

    def test_begin_at_once_also_where_there_is_no_grace(self) -> None:
        assert step_after(0, grace_days=0) == Step(0, is_last=False)
        assert step_after(5, grace_days=0) is None

    @given(passed=MOMENTS, grace=GRACE)
    def test_lie_in_the_past_and_within_the_grace_period(self, passed: timedelta, grace: int) -> None:
        step = due_step(FAILED, grace, FAILED + passed)
        if step:
            assert timedelta(days=step.day) <= passed
            assert step.day == 0 or step.day < grace

    @given(moments=st.lists(MOMENTS, max_size=30), grace=GRACE)
    def test_only_go_forward_and_are_at_most_four_however_often_one_asks(
        self, moments: list[timedelta], grace: int
    ) -> None:
        steps = [step.day for one in sorted(moments) if (step := due_step(FAILED, grace, FAILED + one))]
        assert steps == sorted(steps)
        assert set(steps) <= set(DAYS)

    @given(late=st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=1)))
    def test_begin_although_our_clock_is_behind_stripes(self, late: timedelta) -> None:
        assert due_step(FAILED, 14, FAILED - late) == Step(0, is_last=False)

    @given(passed=MOMENTS, grace=GRACE)
    def test_have_one_last_one_at_most(self, passed: timedelta, grace: int) -> None:
        step = due_step(FAILED, grace, FAILED + passed)
        later = due_step(FAILED, grace, FAILED + passed + timedelta(days=7))
        if step and step.is_last and later:
            assert later == step


@pytest.fixture
def failing(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """A subscription whose renewal has just failed; returns its Stripe id."""
    reader_id = world.reader()
    customer = world.customer(reader_id)
    stripe_id = world.subscribe(customer)
    sync_subscription(world.billing, stripe_id)
    world.use_card(customer, "pm_card_chargeCustomerFail")
    turn(world, monkeypatch, days=31, hours=2)
    sync_subscription(world.billing, stripe_id)
    return stripe_id


def reminders(world: World) -> list[str]:
    return [mail.cause.rpartition(":")[2] for mail in world.mails() if mail.kind == "billing_payment_failed"]


@pytest.mark.usefixtures("failing")
class TestReminders:
    def test_go_out_minute_by_minute_each_once(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        send_due(world.billing, clock.now())
        for _ in range(13):
            turn(world, monkeypatch, days=1)
            for _ in range(2):
                send_due(world.billing, clock.now())
        assert reminders(world) == [str(day) for day in DAYS]
        subjects = [mail.subject for mail in world.mails() if mail.kind == "billing_payment_failed"]
        assert subjects[0].startswith("Your payment failed; you can still read until")
        assert subjects[-1].endswith("unless it is paid")

    def test_are_not_made_up_for_after_a_long_stop(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        turn(world, monkeypatch, days=8)
        send_due(world.billing, clock.now())
        assert reminders(world) == ["0", "7"]

    def test_stop_at_once_when_it_is_paid_though_no_event_told_us(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        invoice = next(one for one in world.invoices() if one.status == "open")
        world.use_card(world.rows(Subscription)[0].customer_id, "pm_card_visa")
        world.ask(lambda v1: v1.invoices.pay(invoice.stripe_id))
        turn(world, monkeypatch, days=3)
        send_due(world.billing, clock.now())
        assert reminders(world) == ["0"]
        assert [one.status for one in world.invoices()] == ["paid", "paid"]

    def test_that_still_wait_in_the_outbox_are_kept_back_when_it_is_paid(self, world: World, failing: str) -> None:
        invoice = next(one for one in world.invoices() if one.status == "open")
        world.use_card(world.rows(Subscription)[0].customer_id, "pm_card_visa")
        world.ask(lambda v1: v1.invoices.pay(invoice.stripe_id))
        sync_subscription(world.billing, failing)
        (mail,) = [one for one in world.mails() if one.kind == "billing_payment_failed"]
        assert mail.withdrawn_at
        with world.database.writing() as session:
            assert mail.id not in [one.id for one in outbox.claim(session, clock.wall())]

    def test_wait_while_stripe_is_away_and_are_sent_when_it_is_back(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        send_due(world.billing, clock.now())
        turn(world, monkeypatch, days=3)
        world.sandbox.faults.add("GET /v1/subscriptions", drop_before=True, times=None)
        world.sandbox.faults.add("GET /v1/subscriptions/<id>", drop_before=True, times=None)
        send_due(world.billing, clock.now())
        assert reminders(world) == ["0"]
        world.sandbox.faults.clear()
        send_due(world.billing, clock.now())
        assert reminders(world) == ["0", "3"]

    def test_cost_nothing_where_none_is_due(self, world: World) -> None:
        send_due(world.billing, clock.now())
        world.reads()
        send_due(world.billing, clock.now())
        assert world.reads() == []
        with world.database.reading() as session:
            assert cursor(session, "reminders")

    def test_lead_to_the_payment_page_in_one_click(self, world: World) -> None:
        (mail,) = [one for one in world.mails() if one.kind == "billing_payment_failed"]
        assert "/billing/pay/" in mail.text
        assert "Pay 4.99\N{NO-BREAK SPACE}₼" in mail.html


class TestWhatElseIsToCome:
    def test_a_trials_end_is_announced_seven_and_three_days_before(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stripe_id = world.subscribe(world.customer(world.reader()), trial_period_days=14)
        sync_subscription(world.billing, stripe_id)
        sent = []
        for _ in range(14):
            turn(world, monkeypatch, days=1)
            send_due(world.billing, clock.now())
            sent.append([mail.kind for mail in world.mails()].count("billing_trial_ending"))
        assert sent == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]

    def test_a_card_that_runs_out_is_asked_about_once(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        _, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        row = world.current(1)
        assert row
        assert row.card_exp_year
        with world.database.reading() as session:
            before = datetime(row.card_exp_year, row.card_exp_month or 12, 1, tzinfo=UTC) - timedelta(days=2)
            assert list(due_subscriptions(session, before, before + timedelta(days=1))) == []
        monkeypatch.setattr(clock, "_offset", before + timedelta(days=5) - datetime.now(UTC))
        with world.database.reading() as session:
            found = list(due_subscriptions(session, before, before + timedelta(days=5)))
        assert found == [stripe_id]
