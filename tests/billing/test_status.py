"""Which state at Stripe opens what, and until when. The table is written by hand, from the rules in words."""

from datetime import UTC, datetime, timedelta

import pytest

from paywall.billing.subscriptions.status import Bill, Status, Terms, access_of, is_known, is_live
from paywall.entitlements.rules import Standing

MADE = datetime(2026, 10, 24, 9, 0, tzinfo=UTC)
PAID = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
EARLIER = datetime(2026, 10, 24, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
GRACE = 14

paid = Bill(is_paid=True, paid_minor=499, refunded_minor=0, period_end_at=PAID)
free = Bill(is_paid=True, paid_minor=0, refunded_minor=0, period_end_at=PAID)
free_now = Bill(is_paid=True, paid_minor=0, refunded_minor=0, period_end_at=PAID, period_start_at=EARLIER)
refunded = Bill(is_paid=True, paid_minor=499, refunded_minor=499, period_end_at=PAID)
partly = Bill(is_paid=True, paid_minor=499, refunded_minor=498, period_end_at=PAID)
unpaid = Bill(is_paid=False, paid_minor=0, refunded_minor=0, period_end_at=PAID)
before = Bill(is_paid=True, paid_minor=499, refunded_minor=0, period_end_at=EARLIER)
lost = Bill(is_paid=True, paid_minor=499, refunded_minor=0, period_end_at=PAID, dispute="lost")
disputed = Bill(is_paid=True, paid_minor=499, refunded_minor=0, period_end_at=PAID, dispute="needs_response")
won = Bill(is_paid=True, paid_minor=499, refunded_minor=0, period_end_at=PAID, dispute="won")
kept = Bill(is_paid=True, paid_minor=499, refunded_minor=499, period_end_at=PAID, keeps_until=MADE + 9 * DAY)
on_its_way = Bill(is_paid=False, paid_minor=0, refunded_minor=0, period_end_at=PAID, is_processing=True)
sent = Bill(is_paid=False, paid_minor=0, refunded_minor=0, period_end_at=PAID, due_at=MADE + 30 * DAY)

NO = MADE
"""Where nothing is opened, the end is the beginning."""

TABLE = [
    # what Stripe says, the invoices, until when one reads
    ("active and paid", Terms("active", MADE), [paid], PAID + DAY),
    ("active, wholly discounted", Terms("active", MADE), [free], PAID + DAY),
    ("active, nothing paid", Terms("active", MADE), [unpaid], NO),
    ("active, no invoice", Terms("active", MADE), [], NO),
    ("active, renewal not paid yet", Terms("active", MADE), [before, unpaid], EARLIER + DAY),
    ("active, invoice sent and not late", Terms("active", MADE), [sent], MADE + 30 * DAY),
    ("active, set to end with the period", Terms("active", MADE, cancels_at=PAID), [paid], PAID),
    ("active, set to end much later", Terms("active", MADE, cancels_at=PAID + 60 * DAY), [paid], PAID + DAY),
    ("active, this period refunded", Terms("active", MADE), [refunded], NO),
    ("active, this period refunded, one before", Terms("active", MADE), [before, refunded], EARLIER),
    ("active, refunded in part", Terms("active", MADE), [partly], PAID + DAY),
    ("active, an earlier period refunded", Terms("active", MADE), [Bill(True, 9, 9, EARLIER), paid], PAID + DAY),
    ("active, refunded up to a date", Terms("active", MADE), [kept], MADE + 9 * DAY),
    ("active, the bank took the payment back", Terms("active", MADE), [lost], NO),
    ("active, a dispute was won", Terms("active", MADE), [won], PAID + DAY),
    ("active, paused", Terms("active", MADE, is_paused=True), [paid], PAID),
    ("active, paused for long", Terms("active", MADE, is_paused=True), [before], EARLIER),
    ("active, first payment on its way", Terms("active", MADE), [on_its_way], NO),
    ("active, renewal on its way", Terms("active", MADE), [before, on_its_way], EARLIER + GRACE * DAY),
    ("trialing", Terms("trialing", MADE, trial_end_at=PAID), [], PAID + DAY),
    ("trialing, set to end", Terms("trialing", MADE, trial_end_at=PAID, cancels_at=PAID), [], PAID),
    ("past due", Terms("past_due", MADE), [before, unpaid], EARLIER + GRACE * DAY),
    ("past due after a trial", Terms("past_due", MADE, trial_end_at=PAID), [unpaid], PAID + GRACE * DAY),
    ("past due, never paid", Terms("past_due", MADE), [unpaid], NO),
    ("past due, the paid period refunded", Terms("past_due", MADE), [refunded], NO),
    ("canceled, paid", Terms("canceled", MADE, ended_at=MADE + DAY), [paid], PAID),
    ("canceled, refunded", Terms("canceled", MADE, ended_at=MADE + DAY), [refunded], NO),
    ("canceled, refunded in part", Terms("canceled", MADE, ended_at=MADE + DAY), [partly], PAID),
    ("canceled in the trial", Terms("canceled", MADE, PAID, None, MADE + 3 * DAY), [], MADE + 3 * DAY),
    ("canceled, the bank took the payment back", Terms("canceled", MADE, ended_at=PAID), [before, lost], EARLIER),
    ("canceled in the trial, its free invoice there", Terms("canceled", MADE, PAID, None, MADE), [free], MADE),
    ("trialing, the trial cut short", Terms("trialing", MADE, trial_end_at=MADE + DAY), [free], MADE + 2 * DAY),
    ("active, a free period after the trial", Terms("active", MADE, trial_end_at=EARLIER), [free_now], PAID + DAY),
    ("unpaid", Terms("unpaid", MADE), [paid, unpaid], NO),
    ("incomplete", Terms("incomplete", MADE), [unpaid], NO),
    ("incomplete_expired", Terms("incomplete_expired", MADE), [unpaid], NO),
    ("paused", Terms("paused", MADE, trial_end_at=PAID), [free], NO),
    ("a word nobody knows", Terms("dormant", MADE), [paid], NO),
]


class TestAccess:
    @pytest.mark.parametrize(("terms", "bills", "until"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
    def test_follows_the_table(self, terms: Terms, bills: list[Bill], until: datetime) -> None:
        assert access_of(terms, bills, GRACE).valid_until == until

    def test_grants_a_plans_own_grace(self) -> None:
        assert access_of(Terms("past_due", MADE), [before], grace_days=3).valid_until == EARLIER + 3 * DAY

    @pytest.mark.parametrize(
        ("terms", "standing"),
        [
            (Terms("active", MADE), Standing.SUBSCRIBED),
            (Terms("active", MADE, cancels_at=PAID), Standing.PAID_THROUGH),
            (Terms("canceled", MADE), Standing.PAID_THROUGH),
            (Terms("active", MADE, is_paused=True), Standing.PAID_THROUGH),
            (Terms("trialing", MADE, trial_end_at=PAID), Standing.TRIALING),
            (Terms("past_due", MADE), Standing.IN_GRACE),
        ],
    )
    def test_says_in_what_way_it_holds(self, terms: Terms, standing: Standing) -> None:
        assert access_of(terms, [paid]).standing is standing


class TestADisputedPayment:
    @pytest.mark.parametrize("word", ["needs_response", "under_review"])
    def test_suspends_access_while_it_is_fought_about(self, word: str) -> None:
        bill = Bill(is_paid=True, paid_minor=499, refunded_minor=0, period_end_at=PAID, dispute=word)
        assert access_of(Terms("active", MADE), [before, bill]).suspended

    @pytest.mark.parametrize("word", [None, "won", "lost", "warning_needs_response", "warning_closed", "prevented"])
    def test_suspends_nothing_once_it_is_over_or_was_only_a_question(self, word: str | None) -> None:
        bill = Bill(is_paid=True, paid_minor=499, refunded_minor=0, period_end_at=PAID, dispute=word)
        assert not access_of(Terms("active", MADE), [bill]).suspended

    def test_leaves_the_end_as_it_was_for_when_it_is_won(self) -> None:
        assert access_of(Terms("active", MADE), [disputed]).valid_until == PAID + DAY


class TestStripesWords:
    def test_are_eight_and_any_other_is_unknown(self) -> None:
        assert [word for word in ("active", "dormant", "", "ACTIVE", "unpaid") if is_known(word)] == [
            "active",
            "unpaid",
        ]
        assert len(Status) == 8

    def test_that_occupy_a_readers_one_place(self) -> None:
        assert {word for word in Status if is_live(word)} == {"active", "trialing", "past_due"}
